"""A digest as an XLSX file: one sheet a block and one with the data of the JSON.

Numbers are numbers and everything else is text: no cell is a formula, whatever came from outside begins with "=" or
not. The same digest gives the same bytes: the file's own times are those of the digest.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from ratings.digest import Digest
from ratings.reports import document, texts
from ratings.reports.bar import EDGE, FILLS
from ratings.reports.page import Block, Page

EPOCH = (1980, 1, 1, 0, 0, 0)
SHARE = "0.0%"
BLUE = "24557A"
PLAIN = {"#ffffff": "#c9a28f"}
"""A spreadsheet's chart has no stripes: what is striped elsewhere has a colour of its own."""
SIGNS_A_LINE = 75
NARROW, WIDE = 18, 70
"""Signs that a column has room for; a name or a question in a table widens its own as far as it needs."""
LINE = 15
"""Points of a row's height; sentences run over several columns, which no program makes as high as they need."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")

Cell = str | int | float | bool | None


def to_xlsx(digest: Digest, page: Page) -> bytes:
    """The file. ``page`` is the page of the same digest."""
    from openpyxl import Workbook  # a quarter of a second: only where a file is made

    book = Workbook()
    book.remove(book.active)
    for block in page.blocks:
        sheet = book.create_sheet(_sheet_name(block.heading))
        _fill(sheet, page, list(_of_block(block)), table=bool(block.rows))
        if block.drawing is not None:
            _draw(sheet, block, 2 if page.mark is None else 3)
        elif block.bars:
            _draw_bar(sheet, block)
    _fill(book.create_sheet(texts.sheet_data()), page, list(_of_data(document.to_json(digest), "")))
    written = io.BytesIO()
    book.save(written)
    return _with_fixed_times(written.getvalue(), digest.as_of.strftime("%Y-%m-%dT%H:%M:%SZ").encode())


def _of_block(block: Block) -> Iterator[tuple[Cell, ...]]:
    if block.rows:
        yield from block.rows
        yield ()
    for line in block.notes if block.rows else block.lines:
        yield (line,)
    if block.bars:
        yield ()
        yield from ((bar.label, bar.people, bar.share) for bar in block.bars)


def _of_data(value: Any, name: str) -> Iterator[tuple[Cell, ...]]:
    """The JSON as rows of (key, value); what is withheld has an empty cell beside its key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_data(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        if not value:
            yield (name, None)
        for n, inner in enumerate(value, 1):
            yield from _of_data(inner, f"{name}.{n}")
    else:
        yield (name, value)


def _fill(sheet: Any, page: Page, rows: list[tuple[Cell, ...]], *, table: bool = False) -> None:
    """``table``: the first row is one of headings."""
    from openpyxl.styles import Alignment, Font

    wide = max(3, *(len(row) for row in rows))
    head: list[tuple[Cell, ...]] = [(page.title,)] if page.mark is None else [(page.mark,), (page.title,)]
    for number, row in enumerate([*head, (), *rows, (), *((line,) for line in page.foot)], 1):
        for column, value in enumerate(row, 1):
            _put(sheet.cell(number, column), value)
        if len(row) == 1:
            sheet.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="top")
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=wide)
            sheet.row_dimensions[number].height = LINE * (1 + len(str(row[0])) // SIGNS_A_LINE)
    for number in range(1, len(head) + 1):
        sheet.cell(number, 1).font = Font(bold=True)
    if table:
        for column in range(1, wide + 1):
            sheet.cell(len(head) + 2, column).font = Font(bold=True)
            sheet.cell(len(head) + 2, column).alignment = Alignment(horizontal="left" if column == 1 else "right")
    sheet.column_dimensions["A"].width = 40
    for at, letter in enumerate("BCDEFG", 1):
        sheet.column_dimensions[letter].width = _width(rows, at) if table else NARROW
    if table:
        sheet.column_dimensions["A"].width = max(40, _width(rows, 0))
    if page.mark is not None:
        sheet.oddHeader.center.text = page.mark
    sheet.oddFooter.center.text = _plain(page.foot[-1]).replace("&", "&&")
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _width(rows: list[tuple[Cell, ...]], at: int) -> int:
    """What the texts need in a column of a table, its heading too."""
    needed = (len(str(row[at])) for row in rows if len(row) > max(at, 1) and isinstance(row[at], str))
    return min(WIDE, max(NARROW, 2 + max(needed, default=0)))


def _draw(sheet: Any, block: Block, above: int) -> None:
    """The shares as a chart of dots over the whole scale; ``above``: rows before the headings. What is not told is a
    gap in it as well."""
    from openpyxl.chart import LineChart, Reference

    chart = LineChart()
    first, last = above + 1, above + len(block.rows)
    chart.add_data(Reference(sheet, min_col=4, max_col=6, min_row=first, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=first + 1, max_row=last))
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.number_format = 0, 1, "0%"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.dispBlanksAs, chart.width, chart.height = "gap", 22, 9
    for series, mark in zip(chart.series, ("circle", "dash", "dash"), strict=True):
        series.graphicalProperties.line.noFill, series.smooth = True, False
        series.marker.symbol, series.marker.size = mark, 9
        series.marker.graphicalProperties.solidFill = series.marker.graphicalProperties.line.solidFill = BLUE
    sheet.add_chart(chart, f"A{sheet.max_row + 2}")


def _draw_bar(sheet: Any, block: Block) -> None:
    """The five counts as one bar of five parts."""
    from openpyxl.chart import BarChart, Reference

    first = next(row[0].row for row in sheet.iter_rows() if row[0].value == block.bars[0].label)
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap = "bar", "percentStacked", 100
    last = first + len(block.bars) - 1
    data = Reference(sheet, min_col=1, max_col=2, min_row=first, max_row=last)
    chart.add_data(data, from_rows=True, titles_from_data=True)
    chart.y_axis.number_format, chart.y_axis.delete, chart.x_axis.delete = "0%", False, True
    chart.width, chart.height, chart.legend.position = 22, 5, "b"
    for series, fill in zip(chart.series, FILLS, strict=True):
        series.graphicalProperties.solidFill = PLAIN.get(fill, fill).removeprefix("#").upper()
        series.graphicalProperties.line.solidFill = EDGE.removeprefix("#")
    sheet.add_chart(chart, f"A{sheet.max_row + 2}")


def _put(cell: Any, value: Cell) -> None:
    if isinstance(value, str):
        cell.value = _plain(value)
        cell.data_type = "s"
        return
    cell.value = value
    if isinstance(value, float):
        cell.number_format = SHARE


def _plain(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _sheet_name(heading: str) -> str:
    return re.sub(r"[\\/*?:\[\]]", "", heading)[:31]


def _with_fixed_times(content: bytes, time: bytes) -> bytes:
    """The same archive, its members' and its document's times set."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = old.read(name)
            if name == "docProps/core.xml":
                member = _MODIFIED.sub(rb"\g<1>" + time, member)
            new.writestr(zipfile.ZipInfo(name, EPOCH), member, zipfile.ZIP_DEFLATED)
    return made.getvalue()
