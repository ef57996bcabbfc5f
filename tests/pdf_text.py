"""The text of a PDF as a reader's search finds it: what its own fonts say its signs mean (ISO 32000-1, 9.10)."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"(.*?)stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_PLAIN = rb"(?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*"
"""Within the brackets of a string; a pair of brackets inside needs no sign before it."""
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(" + _PLAIN + rb"\)|<[0-9A-Fa-f]+>\s*(?:Tj|\])|(BT)", re.DOTALL)
_LABEL = re.compile(rb"<<[^<>]*>>\s*BDC")
"""What a part of the page is, and its language: nothing that is shown."""
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_text(pdf: bytes) -> str:
    """Every sign on every page, a line where the PDF begins a text anew."""
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(pdf)}
    contents = {number: _content(body) for number, body in objects.items()}
    fonts = {
        name.decode(): _meanings(contents, objects, int(number))
        for body in objects.values()
        for listed in re.findall(rb"/Font\s*<<(.*?)>>", body, re.DOTALL)
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", listed)
    }
    return "\n".join(_shown(contents[number], fonts) for number in _pages(objects))


def contents_of(pdf: bytes) -> list[bytes]:
    """What is drawn on each page, as its operators."""
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(pdf)}
    return [_content(objects[number]) for number in _pages(objects)]


def _pages(objects: dict[int, bytes]) -> list[int]:
    return [int(number) for body in objects.values() for number in re.findall(rb"/Contents (\d+) 0 R", body)]


def _content(body: bytes) -> bytes:
    found = _STREAM.match(body)
    if found is None:
        return body
    return zlib.decompress(found[2]) if b"/FlateDecode" in found[1] else found[2]


def _meanings(contents: dict[int, bytes], objects: dict[int, bytes], font: int) -> dict[int, str]:
    """What each code of a font stands for, by its ToUnicode map."""
    found = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    assert found is not None, "a font that nobody can search"
    signs: dict[int, str] = {}
    table = contents[int(found[1])]
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, means in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            signs[int(code, 16)] = bytes.fromhex(means.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, means in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for step in range(int(high, 16) - int(low, 16) + 1):
                signs[int(low, 16) + step] = chr(int(means, 16) + step)
    return signs


def _shown(content: bytes, fonts: dict[str, dict[int, str]]) -> str:
    text, signs = "", dict[int, str]()
    for found in _SHOWN.finditer(_LABEL.sub(b"", content)):
        if found[1]:
            signs = fonts[found[1].decode()]
        elif found[2]:
            text += "\n"
        else:
            codes = _codes(found[0])
            text += "".join(signs[int.from_bytes(codes[at : at + 2], "big")] for at in range(0, len(codes), 2))
    return text


def _codes(written: bytes) -> bytes:
    if written.startswith(b"<"):
        return bytes.fromhex(written[1 : written.index(b">")].decode())

    def sign(found: re.Match[bytes]) -> bytes:
        one = found[1]
        return bytes([int(one, 8)]) if one[:1].isdigit() else _SIGNS.get(one, one)

    return _ESCAPE.sub(sign, written[1:-1])
