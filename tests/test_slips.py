"""Result slips: what they open and for whom, how often, what is stored, how guessing is held."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select

from bot.commands.cli import main
from bot.engine.effects import Context, apply
from bot.engine.jobs import Answer, InboxRow, Stand
from bot.keys import Keys
from bot.program import Program
from bot.proofs import slips
from bot.proofs.slip_desk import SlipDesk
from bot.stale import Stale
from handlers import effects as fx
from handlers.desk import Conversation, Official, Slip, Step
from handlers.dossiers.limiting import LIMITS
from handlers.messages import Chat, Incoming
from handlers.rated.slips import MISSES_OF_ALL
from handlers.reading.door import SLIP_LINKED, SLIP_SCANNED, SLIP_TYPED, clean_and_mask
from handlers.respond import respond
from handlers.states import AsksReasons, AsksSlip, AsksStars, Idle
from ratings.typed_code import shown
from storage.engine import Database
from storage.slip_tables import slips as table
from storage.tables import completions, misses, ratings
from tests.fakes import Talk
from tests.paper_world import a_program, ask, citizen_says, everything
from tests.rated import CODE, SKIPPED, a_talk

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
KEYS = Keys(b"a secret of tests, 32 bytes long..")
SCANNED, LINKED, TYPED = "a" * 40, "b" * 40, "c" * 40
SCAN = f"/start {SLIP_SCANNED}{SCANNED}"


# --- what is stored ---------------------------------------------------------------------------------------------------


def test_nothing_that_opens_a_slip_is_stored() -> None:
    code = KEYS.slip_code(CODE, 1, 1)
    for way, mark in (("ps", SLIP_SCANNED), ("pl", SLIP_LINKED)):
        token = KEYS.slip_token(way, CODE, 1, 1)
        assert slips.sealed(clean_and_mask(f"/start {token.upper()}"), KEYS) == f"/start {mark}{KEYS.slip(token)}"
    for typed in (shown(code), f"đánh giá {shown(code).lower()}", f"mã {code}, {CODE}"):
        stored = slips.sealed(clean_and_mask(typed), KEYS)
        assert code not in stored.upper().replace("-", "")
        assert SLIP_TYPED + KEYS.slip(code) in stored
    assert CODE in stored, "a dossier's code beside it stays"


async def test_the_same_slip_is_printed_again_until_it_is_ended_or_old(database: Database) -> None:
    async def issue(now: datetime = NOW, **more: object) -> slips.Printed:
        return await database.write(lambda c: slips.issue(c, KEYS, CODE, now, **more))  # type: ignore[arg-type]

    async def opens(held: str, now: datetime = NOW) -> Slip | None:
        return await database.read(lambda c: slips.opens(c, KEYS.slip(held), now))

    first = await issue()
    assert await issue() == first
    for held, mode in ((first.scanned, "slip"), (first.typed, "slip"), (first.linked, "link")):
        assert await opens(held) == Slip(KEYS.slip(held), CODE, 1, mode)
    again = await issue(afresh=True)
    assert await opens(first.typed) is None
    assert await opens(again.typed, NOW + timedelta(days=44)) is not None
    assert await opens(again.typed, NOW + timedelta(days=45)) is None
    second = await issue(n=2)
    assert (await opens(again.scanned), await opens(second.scanned)) != (None, None)
    assert await database.write(lambda c: slips.end(c, CODE, NOW)) == 2
    assert await opens(second.linked) is None
    rows = await database.read(lambda c: c.execute(select(table)).all())
    held_ones = {held for each in (first, again, second) for held in (each.scanned, each.linked, each.typed)}
    assert not held_ones & {value for row in rows for value in row}
    assert await database.write(lambda c: slips.forget(c, NOW + timedelta(days=46))) == 3


async def test_a_code_that_is_taken_is_not_given_twice(database: Database) -> None:
    taken = {"token": "t", "link": "l", "typed": KEYS.slip(KEYS.slip_code(CODE, 1, 1)), "dossier": "other", "n": 1}
    row = {**taken, "serial": 1, "rates": "r", "made_at": NOW}
    await database.write(lambda c: c.execute(table.insert().values(row)))
    made = await database.write(lambda c: slips.issue(c, KEYS, CODE, NOW))
    assert made.typed == KEYS.slip_code(CODE, 1, 2)


# --- the conversation -------------------------------------------------------------------------------------------------


def holding(**more: object) -> Talk:
    """A chat that follows nothing; the slip of a result handed over this morning lies before it."""
    talk = a_talk(**more)  # type: ignore[arg-type]
    talk.respond = respond
    talk.book.bindings.clear()
    for hashed, mode in ((SCANNED, "slip"), (LINKED, "link"), (TYPED, "slip")):
        talk.book.slips[hashed] = Slip(hashed, CODE, 1, mode)
    return talk


def given(talk: Talk) -> list[tuple[int, str]]:
    return [(rated.stars, rated.mode) for _, _, rated in talk.book.ratings]


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        (SCAN, "slip"),
        (f"/start {SLIP_LINKED}{LINKED}", "link"),
        (f"đánh giá {SLIP_TYPED}{TYPED}", "slip"),
        (f"cho tôi góp ý phiếu {SLIP_TYPED}{TYPED}", "slip"),
    ],
)
async def test_a_slip_asks_for_stars_and_names_nothing_but_the_day_and_the_place(said: str, mode: str) -> None:
    talk = holding()
    asked = await talk.says(said)
    assert "Kết quả trả ngày 18/11/2026 tại xã Đồng Sậy" in asked
    assert fx.Invited(CODE, 1) not in talk.effects, "nobody invited whoever holds a slip"
    shown_to_all = asked + "".join(choice.label + choice.says for choice in talk.conversation.offered)
    assert CODE not in shown_to_all and "khai sinh" not in shown_to_all and "hộ tịch" not in shown_to_all
    assert talk.conversation.topic.dossier is None
    for typed in ("4", "1", *SKIPPED, "Mọi việc rõ ràng"):
        assert CODE not in await talk.says(typed)
    assert given(talk) == [(4, mode)] * 3
    assert talk.book.ratings[-1][2].comment == "Mọi việc rõ ràng"
    assert talk.conversation.state == Idle()


async def test_eight_characters_alone_are_asked_back() -> None:
    talk = holding()
    assert "muốn góp ý về lần đi làm đó không" in await talk.says(SLIP_TYPED + TYPED)
    assert talk.conversation.state == AsksSlip(TYPED)
    assert talk.effects == (fx.SlipTyped(right=True),)
    await talk.says("không")
    assert talk.conversation.state == Idle()
    await talk.says(SLIP_TYPED + TYPED)
    assert "Chọn từ 1 đến 5" in await talk.says("đúng")
    assert talk.conversation.state == AsksStars(TYPED, 1)
    await talk.says("hài lòng")
    await talk.says("đúng")
    assert given(talk) == [(4, "slip")]
    assert talk.conversation.state == AsksReasons(TYPED, 1, 4)


async def test_each_button_says_the_slip_and_never_the_dossier() -> None:
    talk = holding()
    await talk.says(SLIP_TYPED + TYPED)
    await talk.says(talk.choice("rate ").says)
    assert [choice.says for choice in talk.conversation.offered] == [f"rate {n} {TYPED} 1" for n in (5, 4, 3, 2, 1)]
    assert all(len(choice.says.encode()) <= 64 for choice in talk.conversation.offered)
    await talk.says(f"rate 2 {TYPED} 1")
    assert given(talk) == [(2, "slip")]


async def test_a_completion_is_rated_once_whichever_way() -> None:
    first = holding()
    await first.says(SCAN)
    await first.says("5")
    for said in (SCAN, f"/start {SLIP_LINKED}{LINKED}", f"rate 1 {SCANNED} 1"):
        other = first.other("test/0/2")
        assert "đã có người" in await other.says(said)
    follows = a_talk().book.bindings
    first.book.bindings.update({("test/0/3", CODE): next(iter(follows.values()))})
    assert "đã có người" in await first.other("test/0/3").says(f"rate 1 {CODE} 1")
    assert given(first) == [(5, "slip")]


async def test_within_a_day_it_is_changed_by_word_and_then_closed() -> None:
    talk = holding()
    for typed in (SCAN, "5", "xong", "0"):
        await talk.says(typed)
    assert "đã chấm “5 – Rất hài lòng”" in await talk.says("đổi điểm")
    await talk.says("3")
    assert given(talk) == [(5, "slip"), (3, "slip")]
    talk.conversation = replace(talk.conversation, state=Idle())
    talk.wait(hours=25)
    assert "nay hết hạn đổi" in await talk.says(SCAN)


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        ("ended", "không còn dùng để góp ý được"),
        ("early", "chưa có tin là kết quả"),
        ("late", "đã quá 30 ngày"),
        ("own unit", "của cán bộ xã Đồng Sậy"),
        ("group", "nhắn riêng"),
    ],
)
@pytest.mark.parametrize("said", [SCAN, f"rate 5 {SCANNED} 1"])
async def test_what_a_slip_does_not_rate(why: str, expected: str, said: str) -> None:
    talk = holding()
    match why:
        case "ended":
            talk.book.slips.clear()
        case "early":
            talk.book.completions.clear()
        case "late":
            talk.wait(days=31)
        case "own unit":
            talk.book.officials.append((talk.chat, Official("cb-1", "H99.07", "staff")))
        case _:
            talk.private = False
    answer = await talk.says(said)
    assert expected in answer and CODE not in answer
    assert given(talk) == []


async def test_declined_and_not_received_by_a_slip() -> None:
    for typed, effect in (("0", fx.Declined(CODE, 1)), ("chưa nhận", fx.NotReceived(CODE, 1))):
        talk = holding()
        await talk.says(SCAN)
        assert CODE not in await talk.says(typed)
        assert talk.effects == (effect,)


# --- guessing ---------------------------------------------------------------------------------------------------------


async def test_a_chat_that_guesses_waits_an_hour() -> None:
    talk = holding()
    for n in range(LIMITS[0].of_chat):
        assert "không thấy phiếu nào" in await talk.says(SLIP_TYPED + f"{n:040x}")
    assert "Từ 10 giờ gõ lại" in await talk.says(f"đánh giá {SLIP_TYPED}{TYPED}"), "a right one neither"
    assert "Chọn từ 1 đến 5" in await talk.says(SCAN), "the paper itself still does"
    talk.wait(hours=1, minutes=1)
    assert "Chọn từ 1 đến 5" in await talk.says(f"đánh giá {SLIP_TYPED}{TYPED}")


async def test_many_chats_that_guess_close_typing_for_all_and_nothing_else() -> None:
    talk = holding()
    for n in range(MISSES_OF_ALL):
        talk.book.misses.add("slip", f"guesser {n}", talk.now)
    assert "không nhận mã gõ tay" in await talk.says(f"đánh giá {SLIP_TYPED}{TYPED}")
    assert talk.effects == ()
    assert "Chọn từ 1 đến 5" in await talk.says(f"/start {SLIP_LINKED}{LINKED}")


@pytest.mark.parametrize("right", [True, False])
async def test_who_types_when_it_is_closed_meanwhile_is_answered_anew(database: Database, right: bool) -> None:
    turn = Answer(
        InboxRow(1, Incoming(Chat.parse("web/1/a"), "e", "", NOW)), Stand(Conversation()), Step(Idle()), (), NOW
    )

    def write(connection: Connection) -> None:
        apply(connection, Context(KEYS, demo=False), turn, fx.SlipTyped(right, "here"))

    rows = [{"dossier": "slip", "who": f"w{n}", "at": NOW - timedelta(minutes=5)} for n in range(MISSES_OF_ALL - 1)]
    await database.write(lambda c: c.execute(misses.insert(), rows))
    await database.write(write)
    assert await database.read(lambda c: slips.missed(c, NOW - timedelta(hours=1))) == MISSES_OF_ALL - right
    await database.write(lambda c: c.execute(misses.insert(), rows[:1]))
    with pytest.raises(Stale):
        await database.write(write)


@pytest.mark.parametrize("typed", ["đánh giá F3K7-2HQC", "F3K7-2HQC", "phiếu: f3k7-0hqc", "danh gia 1A2B-3C4D"])
async def test_a_mistyped_code_is_no_guess(typed: str) -> None:
    talk = holding()
    assert "có chữ chưa đúng" in await talk.says(typed)
    assert len(talk.book.misses) == 0


# --- the running program ----------------------------------------------------------------------------------------------


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    async with a_program() as made:
        yield made


async def test_the_desk_prints_a_slip_and_who_never_was_here_rates_by_it_once(program: Program) -> None:
    database = program.app.database
    assert await database.read(lambda c: c.execute(select(completions.c.n).where(completions.c.dossier == CODE)).all())
    status, answer = await ask(program, "slip", {"code": CODE})
    assert status == 200
    assert await ask(program, "slip", {"code": CODE}) == (200, answer), "asked twice after a lost reply: the same paper"
    made = answer["result"]
    assert isinstance(made, dict)
    assert {"slip.pdf", "slip.png", "slip.svg", "rate-web.png", "rate-web.svg"} == set(made["pictures"])
    scanned = made["links"][0]["url"].partition("?start=")[2]
    linked = made["linked"][0]["url"].partition("?start=")[2]
    await citizen_says(program, made["typed"], "đúng", "2", "1")
    await citizen_says(program, f"/start {scanned}", "5")
    await citizen_says(program, f"/start {linked}", "5")
    await citizen_says(program, f"đánh giá {made['typed']}", "5")
    query = select(ratings.c.stars, ratings.c.mode, ratings.c.reasons).order_by(ratings.c.id)
    mine = query.where(ratings.c.completion == program.app.keys.completion(CODE, 1))
    stored = await database.read(lambda c: c.execute(mine).all())
    assert [tuple(each) for each in stored] == [(2, "slip", "[]"), (2, "slip", '["waiting"]')]
    kept = await database.read(everything)
    assert not [held for held in (made["typed"], made["typed"].replace("-", ""), scanned, linked) if held in kept]
    assert await SlipDesk.of(program.app).slip_end({"code": CODE}) == {"code": CODE, "ended": 1}
    await refuses(program)
    await forgets_guesses(program)


async def forgets_guesses(program: Program) -> None:
    """What a guesser leaves behind is gone in a day."""
    database, long_ago = program.app.database, datetime.now(UTC) - timedelta(hours=25)
    await citizen_says(program, f"đánh giá {shown(KEYS.slip_code('nobody', 1, 1))}")
    await database.write(lambda c: c.execute(misses.insert().values(dossier="slip", who="w", at=long_ago)))
    await program.app.schedule.keep_house()
    left = await database.read(lambda c: c.execute(select(misses.c.dossier, misses.c.who)).all())
    assert [each.dossier for each in left] == ["slip"]
    assert left[0].who is not None


async def refuses(program: Program) -> None:
    """Requests that are misshapen, of another service, old, or not signed."""
    assert (await ask(program, "slip", {"code": CODE}, "another secret"))[0] == 401
    for body in ({"code": "khai sinh"}, {"code": CODE, "service": "receipt"}, {"code": CODE, "at": "2026-01-01"}):
        assert (await ask(program, "slip", body))[0] == 400


def test_the_command_prints_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://motcua.example")
    assert main(["slip", CODE, "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    typed, scanned, linked = (line.split("\t") for line in out.splitlines())
    assert typed[0] == "typed" and len(typed[1]) == 9
    assert scanned[:2] == ["qr", "web"] and scanned[2].startswith("https://motcua.example/?start=ps_")
    assert linked[:2] == ["link", "web"] and linked[2].startswith("https://motcua.example/?start=pl_")
    assert "nothing is known" in err
    files = {path.name.removeprefix(CODE): path for path in (tmp_path / "out").iterdir()}
    assert set(files) == {"-slip.pdf", "-slip.png", "-slip.svg", "-rate-web.png", "-rate-web.svg"}
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    assert files["-slip.pdf"].read_bytes().startswith(b"%PDF")
    paper = files["-slip.svg"].read_text()
    assert typed[1] in paper and "motcua.example" in paper and "OTP" in paper and CODE not in paper
    assert main(["slip", CODE]) == 0
    assert capsys.readouterr().out == out
    assert main(["slip", CODE, "--n", "2"]) == 0
    assert capsys.readouterr().out != out
    assert main(["slip", CODE, "--revoke"]) == 0
    assert "2 slips" in capsys.readouterr().err
    assert main(["slip", CODE, "--n", "0"]) == 2
