"""Twenty-six weeks of the fictional province: each story is told by the digest, and what is none is left alone."""

from __future__ import annotations

import re
from argparse import Namespace
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.commands import demo as demo_command
from bot.commands.cli import main
from bot.commands.demo import SEED, desks, fill, weeks_until
from bot.config import CannotStart, Settings
from bot.control import Wrong
from bot.demo.in_hand import received_at, weeks_after
from bot.demo.life import Desk, life, records_of
from bot.keys import Keys
from bot.program import open_database
from offices.unit import DATA, Offices
from onestop.dossier import Status
from ratings.digest import digest_from
from ratings.period import Period, Span
from ratings.records import Records
from ratings.reports.render import render_text
from ratings.sources.rows import open_dossiers
from ratings.week import Week
from storage.engine import Database
from storage.tables import completions, ratings

OFFICES = Offices.load([DATA / "lam-chau.yaml"])
WEEKS = weeks_until(Week(2026, 46), 26)
ISLAND = "H99.12"


def desk(code: str) -> Desk:
    return next(each for each in desks(OFFICES) if each.code == code)


@cache
def lived(*codes: str) -> Records:
    return records_of(life([desk(code) for code in codes], WEEKS, SEED))


def told(code: str, span: Span, *below: str) -> str:
    """The digest's text as locked."""
    known = lived(*(below or (code,)))
    return render_text(digest_from(code, span, span.close, known, below=below or None), OFFICES.unit(code).name)


def days(first: int, last: int) -> Period:
    return Period(WEEKS[first].first_day, WEEKS[last].last_day)


def test_the_same_seed_gives_the_same_life() -> None:
    first, again = (list(life([desk(ISLAND)], WEEKS[:3], SEED)) for _ in range(2))
    assert first == again
    assert first != list(life([desk(ISLAND)], WEEKS[:3], SEED + 1))
    tapped = [done.said for done in life([desk("H99.10")], WEEKS, SEED) if done.said is not None]
    assert 0.2 < sum(bool(said.taps) for said in tapped) / len(tapped) < 0.8
    both = list(life([desk(ISLAND), desk("H99.10")], WEEKS[:3], SEED))
    assert [done for done in both if done.unit == ISLAND] == first
    assert all(done.said is None or done.said.at > done.completed_at for done in first)


async def test_a_filled_database_says_what_was_lived(database: Database) -> None:
    weeks = WEEKS[-1:]
    one = Offices.of([OFFICES.unit(ISLAND)])
    filled = await database.write(lambda c: fill(c, Keys(b"k" * 32), one, weeks, SEED))
    expected = records_of(life([desk(ISLAND)], weeks, SEED))
    assert filled == (len(expected.completions), len(expected.ratings))
    stored = await database.read(lambda c: c.execute(select(func.sum(ratings.c.stars), func.count())).one())
    assert tuple(stored) == (sum(r.stars for r in expected.ratings) or None, len(expected.ratings))
    assert await database.read(lambda c: c.execute(select(completions.c.demo).distinct()).scalars().all()) == [True]
    assert await database.write(lambda c: fill(c, Keys(b"k" * 32), one, weeks, SEED)) is None
    now = weeks[-1].end
    hand = await database.read(lambda c: open_dossiers(c, [ISLAND], now))
    ahead = life([desk(ISLAND)], [*weeks, *weeks_after(weeks)], SEED)
    assert len(hand) == sum(received_at(done) < now <= done.completed_at for done in ahead) > 3
    assert {dossier.status for dossier in hand} >= {Status.IN_PROGRESS, Status.FINISHED}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"weeks": 0}, "--weeks wants 1 to 52, not 0"),
        ({"weeks": 53}, "--weeks wants 1 to 52, not 53"),
        ({"until": "2026"}, "--until '2026' is no week"),
    ],
)
async def test_wrong_use_of_the_command(tmp_path: Path, given: dict[str, object], says: str) -> None:
    args = Namespace(**{"weeks": 1, "until": "2026-W46", "seed": SEED, **given})
    with pytest.raises(Wrong, match=says):
        await demo_command.run(args, Settings(data_dir=tmp_path))


async def test_a_database_of_real_data_is_never_filled(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    database, lock = await open_database(settings)
    await database.close()
    await lock.release()
    with pytest.raises(CannotStart, match="real data"):
        await demo_command.run(Namespace(weeks=1, until="2026-W46", seed=SEED), settings)


# --- the stories -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_drop_with_a_cause() -> None:
    """The surveyor leaves in W34: told by W44, of land only, and where the late ones lay."""
    texts = {index: told("H99.02", WEEKS[index]) for index in (9, 12, *range(13, 24))}
    called = [index for index, text in texts.items() if "Cần xem" in text]
    assert 13 < min(called) <= 23
    assert any("Cần xem: đất đai." in texts[index] for index in called)
    after = told("H99.02", days(13, 25))
    late = re.search(r"Trễ tại: Văn phòng đăng ký đất đai, chi nhánh Sông Trúc (\d+) · bộ phận một cửa (\d+)\.", after)
    assert late is not None and int(late[1]) > int(late[2])
    assert not any("điểm phần trăm" in text for text in texts.values())


@pytest.mark.slow
def test_answers_stuffed_in() -> None:
    text = told("H99.03", days(9, 11))
    assert "64 phiếu có dấu hiệu lạ, tính riêng. Kể cả các phiếu đó:" in text
    headline = next(line for line in text.splitlines() if line.startswith("Hài lòng"))
    assert "không kể chứng thực và phiếu có dấu hiệu lạ" in headline
    assert "gian lận" not in text


@pytest.mark.slow
def test_late_but_explained() -> None:
    text = told("H99.04", WEEKS[17])
    assert "trễ 41." in text
    assert "Trễ, có báo trước 38/41. Tuần trước trễ" in text
    assert "Không có bằng chứng thay đổi" in text
    assert "Cần xem" not in text


@pytest.mark.slow
def test_unlike_work() -> None:
    text = told("H99", days(13, 25), "H99.01", "H99.07")
    assert "H99.01 và H99.07: chênh lệch do cơ cấu thủ tục. Cùng cơ cấu thì 82,5 % và 78,6 %." in text
    assert "H99.01: trả" in text and "thấp hơn mặt bằng" not in text


@pytest.mark.slow
def test_silence_is_no_success() -> None:
    texts = [told("H99.11", week) for week in WEEKS]
    assert all("chưa đủ 5 lượt" in text for text in texts[:19])
    assert not any("Hài lòng 100 %" in text for text in texts)
    assert "mã trên phiếu 26 người (hài lòng 81 %)" in told("H99.11", days(19, 25))


@pytest.mark.slow
def test_two_in_six_is_luck() -> None:
    text = told("H99.10", WEEKS[21])
    assert "6 người trả lời" in text
    assert "Không có bằng chứng thay đổi" in text and "Cần xem" not in text


@pytest.mark.slow
def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path))
    assert main(["demo", "--weeks", "1", "--until", "2026-W46"]) == 0
    assert "SAMPLE DATA" in capsys.readouterr().err
    assert main(["demo", "--weeks", "1"]) == 2
    assert "filled before" in capsys.readouterr().err
    assert main(["digest", "--unit", "H99.07", "--week", "2026-W46"]) == 2
    assert "sample data" in capsys.readouterr().err
    monkeypatch.setenv("MOTCUA_DEMO", "1")
    assert main(["digest", "--unit", "H99.07", "--week", "2026-W46"]) == 0
    assert capsys.readouterr().out.startswith("DỮ LIỆU MẪU\nTUẦN 46")
