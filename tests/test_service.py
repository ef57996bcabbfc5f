"""How the machine served: minutes that are counted once, shares with their denominators, what is not known said so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from ratings import service
from ratings.digest import make_digest
from ratings.records import Records
from ratings.reports import document
from ratings.reports.page import make_page
from ratings.reports.render import render_text
from ratings.service import Service, Stretch, minutes, outages_of
from ratings.statistics import Proportion
from tests.one_week import UNIT, WEEK

START = datetime(2026, 11, 9, 2, tzinfo=UTC)
END = START + timedelta(hours=10)
SERVED = Service(Proportion(1204, 1240), 2, 42, (("onestop", 30), ("telegram", 20)))


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        ([], 0),
        ([(0, 10)], 10),
        ([(0, 10), (10, 20)], 20),
        ([(0, 10), (5, 20)], 20),
        ([(0, 30), (5, 20)], 30),
        ([(5, 20), (0, 30), (29, 31)], 31),
        ([(-60, 5)], 5),
        ([(595, 700)], 5),
        ([(-60, 700)], 600),
        ([(-9, -1), (601, 610)], 0),
        ([(0, 0.01)], 1),
        ([(0, 1.5), (7, 8.5)], 3),
    ],
)
def test_minutes_are_those_of_the_union(stretches: list[tuple[float, float]], expected: int) -> None:
    given = [(at(began), at(ended)) for began, ended in stretches]
    assert minutes(given, START, END) == expected
    assert minutes(reversed(given), START, END) == expected


def test_the_union_is_what_counting_minute_by_minute_finds() -> None:
    random = Random(3)
    for _ in range(100):
        whole = [(random.randrange(-30, 600), random.randrange(40)) for _ in range(random.randrange(12))]
        found = {m for began, length in whole for m in range(began, began + length) if 0 <= m < 600}
        assert minutes([(at(m), at(m + length)) for m, length in whole], START, END) == len(found)


def test_two_things_at_once_are_told_apart_and_counted_once() -> None:
    both = [Stretch("telegram", at(10), at(30)), Stretch("onestop", at(0), at(30)), Stretch("telegram", at(25), at(42))]
    assert outages_of(both, START, END) == (42, (("telegram", 32), ("onestop", 30)))
    assert outages_of(both[::-1], START, END) == outages_of(both, START, END)


def test_what_an_official_reads() -> None:
    assert list(service.lines(SERVED)) == [
        "Máy trả lời 97 % trong 3 giây (1.204/1.240 tin), bỏ sót 2 tin. "
        "Gián đoạn 42 phút: hệ thống một cửa 30, Telegram 20."
    ]
    quiet = Service(None, 0, 0, own=False, counted_from=date(2026, 11, 12))
    assert list(service.lines(quiet)) == [
        "Chưa có tin nhắn nào của dân cho máy. Tính chung mọi đơn vị dùng máy này. Không gián đoạn phút nào. "
        "Đếm từ 12/11/2026."
    ]
    (unknown,) = service.lines(None)
    assert "không phải là 0" in unknown and "0 tin" not in unknown


@pytest.mark.parametrize("found", [SERVED, Service(None, 0, 0, (), False, date(2026, 11, 12))])
def test_json_is_read_back(found: Service) -> None:
    assert service.from_json(service.to_json(found)) == found


def test_every_format_holds_the_same_numbers() -> None:
    digest = make_digest(UNIT, WEEK, WEEK.close, Records(open_dossiers=(), service=SERVED, calls=()))
    written = document.to_json(digest)
    assert written["service"] == service.to_json(SERVED)
    assert document.load(document.dump(digest)) == digest
    (line,) = service.lines(SERVED)
    assert line in render_text(digest).split("\n")
    (block,) = (block for block in make_page(digest).blocks if block.heading == service.heading())
    assert line in block.lines and line in block.notes
    assert ("Trả lời trong 3 giây", 1204, 1204 / 1240) in block.rows
    assert ("Gián đoạn, phút: Telegram", 20, None) in block.rows


def test_a_file_of_ratings_says_that_it_does_not_know() -> None:
    digest = make_digest(UNIT, WEEK, WEEK.close, Records())
    assert document.to_json(digest)["service"] is document.to_json(digest)["call_backs"] is None
    assert "call_backs" not in digest.suppressed
    told = next(line for line in render_text(digest).split("\n") if line.startswith("Tệp số liệu không cho biết"))
    assert "gọi lại" in told and "không phải là 0" in told
    counted = replace(digest, service=Service(None, 0, 0))
    assert told not in render_text(counted)
