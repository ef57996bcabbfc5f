"""The QR of a receipt as a picture, and the slips of A6 paper: that of a receipt, and that of a result. Pure.

A slip is SVG in millimetres: a browser or any print program prints it at its size. Letters are the machine's own
sans-serif, so that Vietnamese is set by whatever prints it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import date
from textwrap import wrap
from xml.sax.saxutils import escape

import segno
from msgspec import Struct

from bot.proofs.receipts import Link
from handlers.texts import common
from handlers.texts import receipt as texts

WIDTH, HEIGHT = 105, 148
SQUARE = 62
"""Side of the QR with its white border: read from an arm's length by an old phone."""
SMALL = 52
"""The same of a result's slip, where eight large characters stand below."""
BORDER = 4
PIXELS = 10
"""Of one module in the PNG."""


class ResultPaper(Struct, frozen=True):
    """What stands on the slip of a result. ``link``: what its QR opens, None where nothing can be opened; ``code``: the
    eight characters as printed; ``lines``: below them; ``made``: the day of Vietnam when it was made."""

    title: str
    unit: str
    code: str
    lines: tuple[str, ...]
    made: date
    link: Link | None = None


def png(link: Link) -> bytes:
    """The QR as PNG."""
    out = io.BytesIO()
    _code(link).save(out, kind="png", scale=PIXELS, border=BORDER)
    return out.getvalue()


def svg(link: Link) -> str:
    """The QR as SVG."""
    out = io.BytesIO()
    _code(link).save(out, kind="svg", scale=1, border=BORDER, unit="mm", xmldecl=True)
    return out.getvalue().decode()


def slip(link: Link, printed: str, unit: str | None, phone: str | None, *, demo: bool) -> str:
    """The A6 slip of a dossier (its code as ``printed``) for one channel, as SVG."""
    parts = list(_text(texts.title(), 13, 5.2, bold=True))
    if unit is not None:
        parts += _text(unit, 20, 4)
    parts += _text(printed, 28, 5.6, bold=True)
    parts.append(_square(link, 31))
    at = 31 + SQUARE + 5
    lines = (texts.how(link.channel, link.says), texts.keep(), *((texts.phone(phone),) if phone is not None else ()))
    parts += _below((*lines, *((common.demo_mark(),) if demo else ())), at)
    return _page(parts)


def result_slip(paper: ResultPaper) -> str:
    """The A6 slip that goes with a result, as SVG."""
    parts = list(_text(paper.title, 12, 5.2, bold=True))
    parts += _text(paper.unit, 19, 4)
    at = 27.0
    if paper.link is not None:
        parts.append(_square(paper.link, 21, SMALL))
        at += SMALL
    parts += _text(paper.code, at, 9, bold=True)
    parts += _below(paper.lines, at + 7)
    return _page(parts)


def _below(lines: Iterable[str], at: float) -> Iterator[str]:
    """Lines one below the other."""
    for line in lines:
        block = list(_text(line, at, 4))
        yield from block
        at += 5 * len(block) + 2


def _page(parts: Iterable[str]) -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}mm" '
        f'height="{HEIGHT}mm" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" text-anchor="middle">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _code(link: Link) -> segno.QRCode:
    return segno.make_qr(link.url, error="q")  # a quarter may be creased or wet


def _square(link: Link, top: float, side: float = SQUARE) -> str:
    code = _code(link)
    modules = code.symbol_size(border=BORDER)[0]
    path = "".join(_dark(code))
    left, scale = (WIDTH - side) / 2, side / modules
    return f'<path transform="translate({left} {top}) scale({scale:.5f})" d="{path}" shape-rendering="crispEdges"/>'


def _dark(code: segno.QRCode) -> Iterator[str]:
    for y, row in enumerate(code.matrix):
        for x, dark in enumerate(row):
            if dark:
                yield f"M{x + BORDER} {y + BORDER}h1v1h-1z"


def _text(text: str, top: float, size: float, *, bold: bool = False) -> Iterator[str]:
    """Centred lines, the first at ``top`` millimetres, broken where they would leave the paper."""
    weight = ' font-weight="bold"' if bold else ""
    for n, line in enumerate(wrap(text, int((WIDTH - 10) / (size * 0.55)))):
        yield f'<text x="{WIDTH / 2}" y="{top + n * 5}" font-size="{size}"{weight}>{escape(line)}</text>'
