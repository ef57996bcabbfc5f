"""Links to files: what is written into one is read out of it, and nobody makes one up."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest

from bot.config import read_settings
from bot.file_links import FileLinks
from bot.keys import Keys
from handlers.desk import Wanted
from handlers.known import File
from handlers.officials.filing import LIVES
from ratings.period import Kind, Period, period_of
from ratings.week import Week, vietnam_date
from tests.engine import MONDAY

UNIT = "000.00.07.H99"
AT = "https://xa.example/"
W46 = Week(2026, 46)
UNTIL = MONDAY + LIVES
ASKED = Wanted("cb-1", UNIT, W46, File.BOOK, UNTIL)
LINKS = FileLinks(Keys(b"a key of tests"), AT)
TODAY = vietnam_date(MONDAY)


def parts(link: str) -> dict[str, str]:
    names = ("unit", "span", "file", "official", "until", "sign")
    return dict(zip(names, map(unquote, urlsplit(link).path.removeprefix("/tep/").split("/")), strict=True))


SPANS: list[Week | Period] = [W46, period_of(Kind.MONTH, TODAY), period_of(Kind.YEAR, TODAY)]


@pytest.mark.parametrize("span", SPANS, ids=str)
@pytest.mark.parametrize("unit", [UNIT, "H99.07", "Xã Đồng/Sậy ?#", "%2F"])
@pytest.mark.parametrize("file", File)
def test_what_is_written_into_a_link_is_read_out_of_it(unit: str, span: Week | Period, file: File) -> None:
    asked = Wanted("cb-1", unit, span, file, UNTIL)
    link = LINKS.link(asked)
    assert link.startswith(f"{AT}tep/")
    assert link.isascii()
    assert LINKS.read(parts(link)) == asked


def test_who_changes_a_sign_of_it_has_no_link() -> None:
    right = parts(LINKS.link(ASKED))
    assert len(right["sign"]) == 40  # 160 bits
    for name, value in right.items():
        for changed in (value[:-1] + chr(ord(value[-1]) ^ 1), value + "0", value.swapcase() + "x", "", "é", "9" * 300):
            assert LINKS.read({**right, name: changed}) is None, (name, changed)
        assert LINKS.read({key: other for key, other in right.items() if key != name}) is None
    assert FileLinks(Keys(b"another key"), AT).read(right) is None


WHERE = [
    ({}, "http://127.0.0.1:8080/"),
    ({"MOTCUA_PUBLIC_URL": "https://xa.example"}, "https://xa.example/"),
    ({"MOTCUA_HOST": "0.0.0.0"}, None),
    ({"ZALO_BOT_TOKEN": "1:x"}, None),  # phones elsewhere cannot open an address of this machine
    ({"ZALO_BOT_TOKEN": "1:x", "MOTCUA_PUBLIC_URL": "https://xa.example"}, "https://xa.example/"),
    ({"ZALO_BOT_TOKEN": "1:x", "ZALO_BOT_API_BASE_URL": "http://127.0.0.1:8082"}, "http://127.0.0.1:8080/"),
]


@pytest.mark.parametrize(("given", "at"), WHERE)
def test_a_link_is_made_only_where_it_can_be_opened(given: dict[str, str], at: str | None) -> None:
    assert read_settings(given, None).files_at == at
