"""Lists of papers and digests set on one page A4: Typst with our own font, a QR code by segno, no network.

The same digest gives the same bytes. Where it runs says ``press.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson
from msgspec import to_builtins

from handlers.guides.sheet import Sheet
from ratings.reports.page import Page

if TYPE_CHECKING:
    from bot.paper.slip import ResultPaper
    from handlers.desk import Letter

HERE = Path(__file__).parent
TEMPLATE, PAGE, CHART, LETTER, SLIP = (HERE / f"{name}.typ" for name in ("sheet", "page", "chart", "letter", "slip"))
FONTS = HERE / "fonts"
NO_BREAK = "\N{NO-BREAK SPACE}%"
"""No line begins with the sign of a percentage."""
SCREEN, PHONE, PRINT = 96, 192, 300
"""Dots an inch of a picture."""


def set_sheet(sheet: Sheet, format: Literal["pdf", "png"] = "pdf") -> bytes:
    """The page as ``pdf`` or ``png``; the letters become smaller until everything fits."""
    inputs = {**to_builtins(sheet), "qr": None if sheet.link is None else qr_code(sheet.link)}
    return _set(TEMPLATE, "sheet", inputs, format)


def set_letters(letters: Sequence[Letter], format: Literal["pdf", "png"] = "pdf") -> bytes:
    """Letters on A4, each on pages of its own, as ``pdf``; a single short one also as ``png``."""
    each = [
        {**to_builtins(letter), "made": (letter.made.year, letter.made.month, letter.made.day)} for letter in letters
    ]
    return _set(LETTER, "letters", {"letters": each}, format)


def set_page(page: Page, format: Literal["pdf", "png"] = "pdf") -> bytes:
    """A digest's page as ``pdf`` or ``png``, dated as the digest is, not as it is printed."""
    at = page.as_of
    inputs = {**to_builtins(page), "as_of": (at.year, at.month, at.day, at.hour, at.minute)}
    return _set(PAGE, "page", inputs, format)


def set_chart(page: Page) -> bytes:
    """What is drawn on a digest's page, and the sentences that belong to it, as ``png`` for a phone."""
    return _set(CHART, "page", to_builtins(page), "png", PHONE)


def set_slip(paper: ResultPaper, format: Literal["pdf", "png"] = "pdf") -> bytes:
    """The slip of a result on A6 as ``pdf`` or ``png``."""
    shown: dict[str, Any] = {"title": paper.title, "unit": paper.unit, "code": paper.code, "lines": paper.lines}
    shown["made"] = (paper.made.year, paper.made.month, paper.made.day)
    qr = None if paper.link is None else qr_code(paper.link.url, "q")
    return _set(SLIP, "slip", {**shown, "qr": qr}, format, PRINT)


def _set(template: Path, name: str, inputs: dict[str, Any], format: Literal["pdf", "png"], ppi: int = SCREEN) -> bytes:
    import typst  # 84 MB of program text: only where something is printed

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    compiler = typst.Compiler(template.read_bytes(), font_paths=fonts)
    made = compiler.compile(
        format=format,
        ppi=ppi if format == "png" else None,
        sys_inputs={name: orjson.dumps(inputs).decode().replace(" %", NO_BREAK)},
        pdf_standards=["a-2a", "ua-1"] if format == "pdf" else [],
    )
    assert isinstance(made, bytes), "one page was wanted"
    return made


def qr_code(link: str, error: str = "m") -> str:
    """The link as a QR code in SVG, with the quiet zone that readers need. ``error``: how much of it may be lost."""
    import segno

    svg: str = segno.make(link, error=error, micro=False).svg_inline(border=2, scale=4)
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1) if "xmlns" not in svg else svg
