"""A digest on paper: one page A4 whatever it holds, no letter below nine points, the five counts as one bar."""

from __future__ import annotations

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from bot.paper.sheets import set_page
from ratings.digest import Digest, digest_from
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.reports import bar, chart
from ratings.reports.page import make_page
from ratings.week import Week
from tests.pdf_text import contents_of, pdf_text
from tests.test_sheets import pages

WEEK = Week(2026, 46)
AGENCIES = (
    "Văn phòng đăng ký đất đai, chi nhánh Sông Trúc",
    "bộ phận một cửa",
    "Chi cục Thuế khu vực miền núi phía Tây",
)


def province(units: int) -> Digest:
    """A week with eleven before it, lateness in several places, reasons, slips and short questions, everything."""
    codes = [f"P.{n:03d}" for n in range(units)]
    done, said = [], []
    for n, code in enumerate(codes):
        for back in range(12):
            for each in range(14 if back else 30):
                at = WEEK.start + timedelta(days=each % 5 - 7 * back, hours=9, minutes=7 * each)
                due = at - timedelta(days=3) if each % 4 == 0 else at
                done.append(CompletionRecord(code, at, due, True, at, at, demo=True, late_at=AGENCIES[each % 3]))
                stars = (5, 4, 2, 5, 3, 5, 1)[(each + n) % 7]
                reasons = (("waiting", "manner") if stars < 4 else ("prompt", "one_trip")) if each % 2 else ()
                field = ("Chứng thực", "Đất đai", "Hộ tịch")[each % 3]
                day, after = at.date(), at + timedelta(hours=3 + each % 7)
                mode, taps = ("slip" if each % 3 else "bot"), (("trips", "once"), ("guidance", "both_good"))
                said.append(RatingRecord(code, field, day, after, stars, reasons, True, mode=mode, taps=taps))
    return digest_from("P", WEEK, WEEK.close, Records(tuple(done), tuple(said), demo=True), below=codes)


def sizes(pdf: bytes) -> set[float]:
    """In points, of all letters outside of pictures."""
    return {float(size) for content in contents_of(pdf) for size in re.findall(rb"/f\d+ ([\d.]+) Tf", content)}


@pytest.mark.parametrize("units", [3, 12, 40])
def test_a_province_is_one_page_with_letters_of_nine_points(units: int) -> None:
    name = "Trung tâm Phục vụ hành chính công tỉnh Lam Châu"
    page = make_page(province(units), name, named=lambda code: f"xã Nậm Sen Thượng {code}")
    pdf = set_page(page)
    assert pages(pdf) == 1
    assert min(sizes(pdf)) >= 9
    assert chart.SIZE * 43 * 9 / chart.WIDTH >= 9  # as small as the drawing of the weeks is ever set
    text = pdf_text(pdf).replace("\xa0", " ").replace("\n", " ")
    shown = len(set(re.findall(r"P\.\d{3}", text)))
    left_out = re.search(r"Còn (\d+) đơn vị nữa", text)
    assert shown + (0 if left_out is None else int(left_out[1])) == units
    assert (left_out is None) is (units < 40)


def test_the_bar_is_the_whole_in_the_order_of_the_scale() -> None:
    drawn = ElementTree.fromstring(bar.to_svg([50, 30, 10, 6, 4]))
    boxes = [each.attrib for each in drawn.iter("{http://www.w3.org/2000/svg}rect") if "stroke" in each.attrib]
    assert [each["fill"] for each in boxes] == list(bar.FILLS)
    widths = [float(each["width"]) for each in boxes]
    assert sum(widths) == pytest.approx(bar.WIDTH - 1, abs=0.5)
    assert [round(width / sum(widths), 2) for width in widths] == [0.5, 0.3, 0.1, 0.06, 0.04]
    ends = [float(each["x"]) + float(each["width"]) for each in boxes]
    assert [float(each["x"]) for each in boxes[1:]] == pytest.approx(ends[:-1], abs=0.2)
    told = ["".join(each.itertext()) for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert told == ["50", "30", "10", "6", "4"]


def test_a_count_of_none_has_no_part_and_a_narrow_one_no_number() -> None:
    drawn = bar.to_svg([198, 0, 0, 1, 1])
    assert drawn.count(f'stroke="{bar.EDGE}"') == 3
    assert re.findall(r">(\d+)</text>", drawn) == ["198"]
    ElementTree.fromstring(drawn)
