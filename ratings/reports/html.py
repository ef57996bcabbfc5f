"""A digest's page as one HTML file: no script, nothing from the network, prints on one A4."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ratings.reports.numerals import number
from ratings.reports.page import Block, Drawing, Page

STYLE = """
@page { size: A4; margin: 15mm }
body { font: 11pt/1.45 system-ui, sans-serif; color: #111; background: #fff; max-width: 44em; margin: 1.5em auto }
@media screen { body { padding: 0 1rem } }
h1 { font-size: 1.4em } h2 { font-size: 1.1em; margin-bottom: .3em }
p { margin: .35em 0 } footer { border-top: 1px solid #555; margin-top: 1.5em; font-size: .85em }
table { border-collapse: collapse; width: 100%; margin: .8em 0 }
th, td { text-align: left; font-weight: normal; padding: .15em .5em .15em 0 } td.n { text-align: right }
svg { width: 100%; height: auto }
.sign { width: 1em; height: 1em; vertical-align: -.15em }
ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2em 1.2em; margin: .4em 0 .8em }
.wide { overflow-x: auto } .wide thead th { font-weight: bold; vertical-align: bottom }
.wide th, .wide td { text-align: right } .wide td { white-space: nowrap } .wide tr > :first-child { text-align: left }
.mark { border: 3px solid #a00; color: #a00; padding: .2em .6em; font-weight: bold; display: inline-block }
"""


def to_html(page: Page) -> str:
    """The whole file. Whatever came from outside is text, never markup."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    title = escape(page.title)
    yield '<!doctype html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>"
    if page.mark is not None:
        yield f'<p class="mark">{escape(page.mark)}</p>'
    yield f"<h1>{title}</h1>"
    for block in (block for block in page.blocks if not block.beside):
        yield from _block(block)
    yield "</main>\n<footer>"
    yield from (f"<p>{escape(line)}</p>" for line in page.foot)
    yield "</footer>\n</body>\n</html>"


def _block(block: Block) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(block.heading)}</h2>"
    as_rows = bool(block.rows) and block.drawing is None and not block.in_cells
    for n, line in enumerate(() if as_rows else block.lines):
        yield f"<p><strong>{escape(line)}</strong></p>" if n in block.strong else f"<p>{escape(line)}</p>"
        if block.stacked is not None and n == block.strong[0]:
            yield from _stacked(block)
    if as_rows:
        yield from _table(block)
        yield from (f"<p>{escape(line)}</p>" for line in block.notes)
    if block.drawing is not None:
        yield from _drawing(block.drawing)
    yield "</section>"


def _drawing(drawing: Drawing) -> Iterator[str]:
    yield drawing.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(drawing.says)}" ', 1)
    yield f"<p><small>{escape(drawing.legend)}</small></p>"


def _stacked(block: Block) -> Iterator[str]:
    """The bar, and what its parts are; the list says what the bar draws, so that it is read once."""
    assert block.stacked is not None
    yield block.stacked.replace("<svg ", '<svg aria-hidden="true" ', 1)
    yield "<ul>"
    for bar in block.bars:
        drawn = bar.sign.replace("<svg ", '<svg class="sign" aria-hidden="true" ', 1)
        yield f"<li>{drawn} {escape(bar.label)}: {number(bar.people)}</li>"
    yield "</ul>"


def _table(block: Block) -> Iterator[str]:
    """The rows; the first is of headings, the first cell of each says whose it is."""
    head, *rows = block.rows
    yield '<div class="wide" tabindex="0"><table>'
    columns = "".join(f'<th scope="col">{_cell(name)}</th>' for name in head)
    yield f"<thead><tr>{columns}</tr></thead>"
    for first, *rest in rows:
        cells = "".join(f"<td>{_cell(value)}</td>" for value in rest)
        yield f'<tr><th scope="row">{_cell(first)}</th>{cells}</tr>'
    yield "</table></div>"


def _cell(value: str | float | None) -> str:
    if isinstance(value, float):
        return f"{round(100 * value)} %"
    if isinstance(value, int):
        return number(value)
    return "–" if value is None else escape(str(value))
