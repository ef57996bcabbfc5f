"""The printed list: one page A4, whatever stands on it, with our own font inside."""

from __future__ import annotations

import re
import zlib

import pytest

from bot.paper.press import Press, a_thread
from bot.paper.sheets import FONTS, qr_code, set_sheet
from handlers.guides.sheet import Block, Paper, Sheet


def sheet(
    papers: int = 3, note: str = "1 bản chính", link: str | None = "https://t.me/motcua_bot?start=g1_001193-9ad6-1"
) -> Sheet:
    return Sheet(
        unit="một cửa xã Đồng Sậy",
        title="Đăng ký khai sinh (có giấy chứng sinh)",
        answers=("Bé có giấy chứng sinh không? Có.",),
        papers=tuple(Paper(f"Giấy tờ số {n} ưởng ễ", note, n == 2) for n in range(1, papers + 1)),
        maybe_heading="Có thể cần thêm:",
        maybe=(Paper("Giấy ủy quyền", None, False),),
        facts=(Block("Lệ phí", ("không mất tiền",)),),
        foot=("Nguồn: thủ tục 1.001193.",),
        link=link,
        link_says="Quét mã",
        mark=None,
    )


def pages(pdf: bytes) -> int:
    """The pages of a PDF whose objects lie in deflated streams."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    text = pdf
    for stream in streams:
        try:
            text += zlib.decompress(stream)
        except zlib.error:
            continue
    return len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", text))


@pytest.mark.parametrize("papers", [1, 3, 9, 16])
async def test_it_is_one_page(papers: int) -> None:
    pdf = await Press(a_thread).sheet(
        sheet(papers, "1 bản chính, 2 bản sao: chỉ khi cán bộ không tra được trên hệ thống " * 2)
    )
    assert pdf.startswith(b"%PDF-")
    assert pages(pdf) == 1


def test_the_font_is_inside_and_no_other() -> None:
    pdf = set_sheet(sheet())
    fonts = set(re.findall(rb"/FontName\s*/[A-Z]{6}\+([A-Za-z-]+)", pdf)) | {
        found
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
        if stream[:1] == b"x"
        for found in re.findall(rb"/FontName\s*/[A-Z]{6}\+([A-Za-z-]+)", zlib.decompress(stream))
    }
    assert fonts == {b"DejaVuSans", b"DejaVuSans-Bold"}
    assert (FONTS / "LICENSE").read_text("utf-8").count("Permission is hereby granted") == 2


def test_a_code_is_drawn_only_where_there_is_a_link() -> None:
    assert len(set_sheet(sheet(link=None))) < len(set_sheet(sheet()))
    assert qr_code("https://t.me/motcua_bot?start=g1_001193-9ad6-1").startswith("<svg")


def test_as_a_picture() -> None:
    picture = set_sheet(sheet(), "png")
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    assert 1.40 < height / width < 1.42
