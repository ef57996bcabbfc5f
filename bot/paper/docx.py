"""Letters as DOCX, to be changed and signed: the smallest package that Office Open XML allows (ECMA-376, part 1).

The same lines give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from handlers.desk import Letter  # a letter is only read here: printing needs nothing else of the desk

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>'
)
RELATIONSHIPS = (
    f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
A4 = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/>'
    "</w:sectPr>"
)
"""Margins of 2 cm, 3 cm on the left, in twentieths of a point."""
SIZE = 28
"""14 points, in halves."""
SMALL = 24
"""Of what stands above the letter."""
NEW_PAGE = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
WIDTHS = (3500, 5570)
"""Of its two columns, in twentieths of a point: the agency on the left, the State on the right."""


def letters_docx(letters: Iterable[Letter]) -> bytes:
    """The letters, in Times New Roman 14, each on pages of its own."""
    body = NEW_PAGE.join("".join(_paragraphs(letter)) for letter in letters)
    document = f'{HEAD}<w:document xmlns:w="{_WORD}"><w:body>{body}{A4}</w:body></w:document>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in (
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", RELATIONSHIPS),
            ("word/document.xml", document),
        ):
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text.encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _paragraphs(letter: Letter) -> Iterator[str]:
    if letter.mark is not None:
        yield _paragraph(letter.mark, bold=True)
    yield _head(letter)
    last = len(letter.lines) - 1
    for n, line in enumerate(letter.lines[1:], 1):
        side = "center" if n == 1 else "right" if n >= last - 1 else "left"
        yield _paragraph(line, bold=n == 1, side=side)


def _head(letter: Letter) -> str:
    """Who writes and the letter's number beside the State's name and motto: a table without lines."""
    number, state, motto = letter.head
    columns = (
        (_paragraph(letter.lines[0], bold=True, side="center", size=SMALL), _paragraph(number, side="center")),
        (
            _paragraph(state, bold=True, side="center", size=SMALL),
            _paragraph(motto, bold=True, side="center", under=True),
        ),
    )
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{"".join(paragraphs)}</w:tc>'
        for width, paragraphs in zip(WIDTHS, columns, strict=True)
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in WIDTHS)
    whole = f'<w:tblPr><w:tblW w:w="{sum(WIDTHS)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
    return f"<w:tbl>{whole}<w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>{_paragraph('')}"


def _paragraph(text: str, *, bold: bool = False, under: bool = False, side: str = "left", size: int = SIZE) -> str:
    font = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
    weight = "<w:b/>" if bold else ""
    line = '<w:u w:val="single"/>' if under else ""
    run = f'<w:rPr>{font}{weight}<w:sz w:val="{size}"/>{line}<w:lang w:val="vi-VN"/></w:rPr>'
    said = escape("".join(character for character in text if character.isprintable()))
    return (
        f'<w:p><w:pPr><w:spacing w:after="120"/><w:jc w:val="{side}"/></w:pPr>'
        f'<w:r>{run}<w:t xml:space="preserve">{said}</w:t></w:r></w:p>'
    )
