"""What a desk did is noted by its officials; the digest compares before and after, and tells what became of things."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from bot.commands.demo import SEED, fill, weeks_until
from bot.keys import Keys
from handlers import effects as fx
from handlers.desk import Official
from handlers.respond import respond
from offices.unit import DATA, Offices
from ratings.follow_ups import Done, FollowUps, from_json, lines, to_json
from ratings.records import Records as DigestRecords
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.sources import store
from ratings.statistics import Proportion
from ratings.week import Week
from storage.engine import Database
from storage.tables import audit, completions
from tests.fakes import Talk

OFFICES = Offices.load([DATA / "lam-chau.yaml"])
WEEKS = weeks_until(Week(2026, 46), 26)
WEEK = WEEKS[-1]
UNIT = "H99.07"
BOARD = Done("1.001612", date(2026, 7, 13), "sửa bảng niêm yết", Proportion(15, 34), Proportion(9, 72))


def official(role: str = "head") -> Talk:
    talk = Talk(respond=respond)
    talk.book.officials.append((talk.chat, Official("cb-1", UNIT, role)))
    return talk


# --- noting it --------------------------------------------------------------------------------------------------------

NOTED = [
    ("đã làm 1.001193: sửa bảng niêm yết ngày 13/7", "2026-07-13", "sửa bảng niêm yết"),
    ("Đã làm khai sinh: sửa bảng niêm yết, hôm 13/7/2026", "2026-07-13", "sửa bảng niêm yết"),
    ("da lam 1.001193: sua bang niem yet", "2026-11-18", "sua bang niem yet"),
    ("/dalam 1.001193: thêm ghế chờ 20/12", "2025-12-20", "thêm ghế chờ"),
    ("đã làm 1.001193: nhắc anh Nguyễn Văn Bình ghi đủ giấy 1/11", "2026-11-01", "nhắc anh [tên] ghi đủ giấy"),
]


@pytest.mark.parametrize(("typed", "day", "words"), NOTED)
async def test_an_official_notes_what_was_done_and_when(typed: str, day: str, words: str) -> None:
    talk = official()
    assert "Đã ghi:" in await talk.says(typed)
    assert talk.book.done == [fx.ActionNoted(UNIT, "1.001193", date.fromisoformat(day), words, "cb-1")]
    assert any(isinstance(effect, fx.Audited) and effect.unit == UNIT for effect in talk.effects)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("đã làm 1.001193: sửa bảng ngày 31/2", "Anh/chị gõ: đã làm"),
        ("đã làm 1.001193: sửa bảng ngày 1/1/2020", "Anh/chị gõ: đã làm"),
        ("đã làm 9.999999: sửa bảng", "Anh/chị gõ: đã làm"),
    ],
)
async def test_what_is_not_taken(typed: str, says: str) -> None:
    talk = official()
    assert says in await talk.says(typed)
    assert talk.book.done == []


async def test_a_citizen_who_says_so_is_answered_as_ever() -> None:
    for typed in ("đã làm xong rồi, cảm ơn", "tôi đã làm khai sinh: giờ cần gì nữa"):
        talk = Talk(respond=respond)
        assert "Anh/chị gõ: đã làm" not in await talk.says(typed)
        assert talk.effects == () or not any(isinstance(each, fx.ActionNoted) for each in talk.effects)


# --- what is said of it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            Proportion(15, 34),
            Proportion(9, 72),
            "trước 15/34, sau 9/72; giảm 32 điểm phần trăm, số thật nhiều khả năng từ",
        ),
        (Proportion(15, 34), Proportion(3, 23), "trước 15/34, sau 3/23; còn ít hồ sơ nên chưa kết luận."),
        (Proportion(4, 40), Proportion(3, 40), "không có bằng chứng thay đổi."),
        (Proportion(2, 40), Proportion(20, 40), "tăng 45 điểm phần trăm"),
        (None, Proportion(3, 40), "Chưa có hồ sơ để so trước và sau."),
    ],
)
def test_before_and_after_with_an_interval_and_nothing_from_a_few(
    before: Proportion | None, after: Proportion, says: str
) -> None:
    done = replace(BOARD, before=before, after=after)
    (line,) = lines(FollowUps(done=(done,)))
    assert line.startswith("Đã làm: sửa bảng niêm yết 13/7 (thủ tục 1.001612). ")
    assert says in line


def test_a_procedure_has_its_name_first_and_its_code_beside() -> None:
    (line,) = lines(FollowUps(done=(replace(BOARD, name="Đăng ký mở hộ kinh doanh"),)))
    assert line.startswith("Đã làm: sửa bảng niêm yết 13/7 (Đăng ký mở hộ kinh doanh, mã 1.001612). ")


async def test_in_chat_what_was_done_has_the_catalogs_name_and_is_locked_with_it() -> None:
    talk = official()
    known = FollowUps(done=(replace(BOARD, procedure="1.001193"), replace(BOARD, procedure="9.999999")))
    talk.book.digests[UNIT, WEEK] = DigestRecords(open_dossiers=(), follow_ups=known)
    said = await talk.says("báo cáo tuần trước")
    assert "(Đăng ký khai sinh, mã 1.001193)" in said
    assert "(thủ tục 9.999999)" in said
    (locked,) = (each for each in talk.effects if isinstance(each, fx.Locked))
    kept = document.load(locked.body).follow_ups
    assert kept is not None
    assert [each.name for each in kept.done] == ["Đăng ký khai sinh", None]


def test_follow_ups_read_back_as_they_were() -> None:
    called = replace(BOARD, name="Đăng ký mở hộ kinh doanh")
    for found in (FollowUps(), FollowUps(3, 1, True, Proportion(4, 30), (BOARD, called, replace(BOARD, after=None)))):
        assert from_json(json.loads(json.dumps(to_json(found)))) == found
    earlier = to_json(FollowUps(done=(BOARD,)))
    del earlier["done"][0]["name"]
    assert from_json(earlier).done == (BOARD,), "as an earlier version kept it"


async def test_what_became_of_what_never_came_and_of_low_scores(database: Database) -> None:
    at = WEEK.start + timedelta(hours=9)
    rows = []
    for n in range(4):
        known = {"dossier": f"d{n}", "n": 1, "unit": UNIT, "completed_at": at, "eligible": True, "demo": False}
        rows.append({**known, "not_received_at": at + timedelta(hours=5) if n < 3 else None, "asked": n})
    again = {**rows[0], "n": 2, "completed_at": at + timedelta(days=1), "not_received_at": None, "asked": None}
    await database.write(lambda c: c.execute(completions.insert(), [*rows, again]))
    noted = {"at": at, "who": "cb-1", "what": "told of low scores", "unit": UNIT, "detail": str(WEEK)}
    await database.write(lambda c: c.execute(audit.insert().values(noted)))
    digest = await database.read(lambda c: store.digest_of(c, UNIT, WEEK, WEEK.close, demo=False))
    written = json.loads(document.to_text(digest))["follow_ups"]
    assert written == {
        "not_received": {"count": 3, "handed_over_again": 1, "open": 2},
        "low_scores": {"head_told": None},
        "supplements": {"count": 3, "n": 4},
        "done": [],
    }, "without a distribution nobody learns from it that scores were low"
    assert "Báo đã trả nhưng dân nói chưa nhận: 3, trong đó 1 đã trả lại sau đó." in render_text(digest)
    assert document.load(document.dump(digest)).follow_ups == digest.follow_ups


@pytest.mark.slow
async def test_story_five_the_board_is_corrected_and_told_only_when_there_is_enough(database: Database) -> None:
    """Đồi Sim: papers asked for in 15 of 34 files, the board corrected on 13/7, then in 9 of 72."""
    one = Offices.of([OFFICES.unit("H99.08")])
    await database.write(lambda c: fill(c, Keys(b"k" * 32), one, WEEKS, SEED))
    texts = {
        week.number: render_text(
            await database.read(lambda c, week=week: store.digest_of(c, "H99.08", week, week.close, demo=True))
        )
        for week in (WEEKS[7], *WEEKS[8:15], WEEKS[25])
    }
    assert "Đã làm" not in texts[28]
    told = [number for number, text in texts.items() if "điểm phần trăm, số thật" in text.split("Đã làm")[-1]]
    assert min(told) >= 34, "no success before there is enough"
    assert all("còn ít hồ sơ nên chưa kết luận" in texts[number] for number in range(29, 34))
    assert (
        "Đã làm: sửa bảng niêm yết 13/7 (thủ tục 1.001612). Phải bổ sung giấy: trước 15/34, sau 9/72; "
        "giảm 32 điểm phần trăm" in texts[46]
    )
