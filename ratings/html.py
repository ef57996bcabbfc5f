"""A digest's page as one HTML file: no script, nothing from the network, prints on one A4."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ratings.page import Bar, Block, Drawing, Page

STYLE = """
@page { size: A4; margin: 15mm }
body { font: 11pt/1.45 system-ui, sans-serif; color: #111; background: #fff; max-width: 44em; margin: 1.5em auto }
@media screen { body { padding: 0 1rem } }
h1 { font-size: 1.4em } h2 { font-size: 1.1em; margin-bottom: .3em }
p { margin: .35em 0 } footer { border-top: 1px solid #555; margin-top: 1.5em; font-size: .85em }
table { border-collapse: collapse; width: 100%; margin: .8em 0 }
th, td { text-align: left; font-weight: normal; padding: .15em .5em .15em 0 } td.n { text-align: right }
svg { width: 100%; height: auto }
.bar { background: #24557a; height: 1em; min-width: 1px; print-color-adjust: exact }
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
    for block in page.blocks:
        yield from _block(block)
    yield "</main>\n<footer>"
    yield from (f"<p>{escape(line)}</p>" for line in page.foot)
    yield "</footer>\n</body>\n</html>"


def _block(block: Block) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(block.heading)}</h2>"
    yield from (f"<p>{escape(line)}</p>" for line in block.lines)
    if block.bars:
        yield "<table>"
        yield from map(_bar, block.bars)
        yield "</table>"
    if block.drawing is not None:
        yield from _drawing(block.drawing)
    yield "</section>"


def _drawing(drawing: Drawing) -> Iterator[str]:
    yield drawing.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(drawing.says)}" ', 1)
    yield f"<p><small>{escape(drawing.legend)}</small></p>"


def _bar(bar: Bar) -> str:
    drawn = f'<div class="bar" style="width:{100 * bar.share:.2f}%"></div>'
    return (
        f'<tr><th scope="row" style="width:1%;white-space:nowrap">{escape(bar.label)}</th>'
        f'<td class="n" style="width:4em">{bar.people}</td><td>{drawn}</td></tr>'
    )
