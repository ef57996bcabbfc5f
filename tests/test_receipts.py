"""Receipts: what their QR opens and for whom, what is stored of them, how they end, what is printed."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import segno
from sqlalchemy import Connection, select

from bot.commands.cli import main
from bot.engine.effects import Context, apply
from bot.engine.jobs import Answer, InboxRow, Stand
from bot.keys import Keys
from bot.paper import slip
from bot.program import Program
from bot.proofs import receipts
from bot.proofs.receipt_desk import ReceiptDesk
from bot.proofs.receipts import Link, links, sealed
from bot.stale import Stale
from handlers import effects as fx
from handlers.desk import Conversation, Step
from handlers.messages import Chat, Incoming
from handlers.reading.door import SEAL, clean_and_mask
from handlers.respond import respond
from handlers.states import AsksCode, AsksConsent, Idle
from onestop.code import DossierCode
from onestop.dossier import Status
from storage.engine import Database
from storage.tables import audit, bindings
from storage.tables import receipts as table
from tests.fakes import Talk
from tests.held import CODE, a_talk
from tests.paper_world import a_program, ask, citizen_says, everything

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
KEYS = Keys(b"a secret of tests, 32 bytes long..")
HASH = "a" * 40
SCAN = f"/start {SEAL}{HASH}"


# --- the token --------------------------------------------------------------------------------------------------------


def test_a_token_is_letters_of_128_bits_or_more_and_fits_a_telegram_link() -> None:
    tokens = {KEYS.receipt_token(f"H99.07-261116-{n:04}", serial) for n in range(200) for serial in (1, 2)}
    assert len(tokens) == 400
    assert all(re.fullmatch("hs_[a-z]{28}", token) for token in tokens)
    assert 26**28 > 2**128
    assert len({letter for token in tokens for letter in token[3:]}) == 26


def test_nothing_that_opens_a_dossier_is_stored() -> None:
    token = KEYS.receipt_token(CODE, 1)
    for typed in (f"/start {token}", token, f"mã của tôi: {token.upper()} nhé"):
        stored = sealed(clean_and_mask(typed), KEYS)
        assert token not in stored.lower()
        assert SEAL + KEYS.receipt(token) in stored


def test_the_hash_itself_opens_nothing_when_it_is_typed() -> None:
    typed = f"/start {SEAL}{KEYS.receipt(KEYS.receipt_token(CODE, 1))}"
    assert SEAL not in sealed(clean_and_mask(typed), KEYS)


@pytest.mark.parametrize("words", ["hs_abc", "khai sinh", "xhs_" + "a" * 28, "hs_" + "a" * 29])
def test_other_words_stay_as_they_are(words: str) -> None:
    assert sealed(words, KEYS) == words


async def test_the_same_receipt_is_printed_again_until_it_is_ended(database: Database) -> None:
    code = DossierCode.parse(CODE)

    async def issue(afresh: bool = False, keys: Keys = KEYS, now: datetime = NOW) -> str:
        return await database.write(lambda c: receipts.issue(c, keys, code, now, afresh=afresh))

    async def opens(token: str, now: datetime = NOW) -> str | None:
        return await database.read(lambda c: receipts.opens(c, KEYS.receipt(token), now))

    first = await issue()
    assert await issue() == first
    assert await opens(first) == CODE
    second = await issue(afresh=True)
    assert second != first
    assert (await opens(first), await opens(second)) == (None, CODE)
    assert await database.write(lambda c: receipts.end(c, CODE, NOW)) == 1
    assert await opens(second) is None
    third = await issue()
    assert await opens(third, NOW + timedelta(days=364)) == CODE
    assert await opens(third, NOW + timedelta(days=365)) is None
    assert await issue(now=NOW + timedelta(days=365)) not in (first, second, third)
    assert await issue(keys=Keys(b"another secret of tests, as long..")) not in (first, second, third)
    rows = await database.read(lambda c: c.execute(select(table)).all())
    assert not {first, second, third} & {value for row in rows for value in row}


async def test_a_receipt_that_is_ended_while_it_is_scanned_opens_nothing(database: Database) -> None:
    token = await database.write(lambda c: receipts.issue(c, KEYS, DossierCode.parse(CODE), NOW, afresh=False))
    scan = Incoming(Chat.parse("web/1/a"), "e", "", NOW)
    opened = fx.Opened(CODE, KEYS.receipt(token), NOW + timedelta(minutes=30))
    turn = Answer(InboxRow(1, scan), Stand(Conversation()), Step(Idle()), (), NOW)

    def write(connection: Connection) -> None:
        apply(connection, Context(KEYS, demo=False), turn, opened)

    await database.write(write)
    assert await database.read(lambda c: c.execute(select(bindings.c.dossier)).scalars().all()) == [CODE]
    await database.write(lambda c: receipts.end(c, CODE, NOW))
    with pytest.raises(Stale):
        await database.write(write)


# --- the conversation -------------------------------------------------------------------------------------------------


def scanning(status: Status = Status.IN_PROGRESS) -> Talk:
    talk = a_talk(status)
    talk.respond = respond
    talk.book.receipts[HASH] = CODE
    return talk


@pytest.mark.parametrize("said", [SCAN, f"{SEAL}{HASH}"])
async def test_a_scan_shows_the_dossier_and_offers_to_follow_it(said: str) -> None:
    talk = scanning()
    assert "đang làm" in await talk.says(said)
    assert isinstance(talk.effects[0], fx.Opened)
    await talk.says(talk.choice("follow ").says)
    assert talk.conversation.state == AsksConsent(CODE)
    await talk.says("có")
    assert talk.book.bindings[talk.chat, CODE].following


async def test_a_closed_phone_proof_does_not_shut_out_the_receipt() -> None:
    talk = scanning()
    for n in range(10):
        talk.book.misses.add(CODE, f"guesser {n}", talk.now)
    assert "tạm dừng tra mã" in await talk.says(CODE)
    assert "đang làm" in await talk.says(SCAN)


async def test_a_receipt_that_was_ended_leads_to_the_phone_proof() -> None:
    talk = scanning()
    talk.book.receipts.clear()
    assert "không còn mở được" in await talk.says(SCAN)
    assert talk.conversation.state == AsksCode()
    assert talk.effects == ()


async def test_a_receipt_printed_before_the_system_told_of_it_can_be_followed() -> None:
    talk = scanning()
    talk.onestop.dossiers.clear()
    talk.book.seen.clear()
    assert "chưa có tin về hồ sơ này" in await talk.says(SCAN)
    await talk.says(talk.choice("follow ").says)
    assert talk.conversation.state == AsksConsent(CODE)


async def test_a_scan_while_the_backend_is_down_opens_and_is_looked_up_again() -> None:
    talk = scanning()
    talk.onestop.down = True
    talk.book.seen.clear()
    assert "trục trặc" in await talk.says(SCAN)
    event = next(event for _, event in talk.book.planned)
    talk.onestop.down = False
    talk.wait(minutes=10)
    step = await talk.happens(event)
    assert isinstance(step, Step)
    assert "đang làm" in step.say[1].text


async def test_nothing_is_shown_in_a_group() -> None:
    talk = scanning()
    talk.private = False
    assert CODE not in await talk.says(SCAN)
    assert talk.effects == ()


async def test_it_interrupts_whatever_was_asked() -> None:
    talk = scanning(Status.FINISHED)
    await talk.says("H99.02-261102-0031")
    assert "đã xong, chờ lấy" in await talk.says(SCAN)
    assert talk.conversation.state == Idle()


# --- the running program ----------------------------------------------------------------------------------------------


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    async with a_program() as made:
        yield made


async def test_the_desks_software_prints_what_a_citizen_then_scans(program: Program) -> None:
    assert program.mock is not None
    code = program.mock.dossiers()[0].code
    status, answer = await ask(program, "receipt", {"code": code})
    assert status == 200
    assert await ask(program, "receipt", {"code": code}) == (200, answer), (
        "asked twice after a lost reply: the same paper"
    )
    result = answer["result"]
    assert isinstance(result, dict)
    assert set(result["pictures"]["web"]) == {"png", "svg", "slip"}
    token = result["links"][0]["url"].partition("?start=")[2]
    await citizen_says(program, f"/start {token}")
    database = program.app.database
    assert DossierCode.parse(code).canonical in await database.read(
        lambda c: c.execute(select(bindings.c.dossier)).scalars().all()
    )
    noted = await database.read(lambda c: c.execute(select(audit.c.who, audit.c.what)).all())
    assert ("onestop", "made a receipt") in [tuple(row) for row in noted]
    assert token not in await database.read(everything)
    assert await ReceiptDesk.of(program.app).receipt_end({"code": code}) == {"code": code, "ended": 1}


async def test_requests_that_are_refused(program: Program) -> None:
    assert (await ask(program, "receipt", {"code": CODE}, "another secret"))[0] == 401
    for body in (
        {"code": CODE, "at": "2026-01-01T00:00:00+07:00"},
        {"code": CODE, "at": "2026-01-01T00:00:00"},
        {"code": CODE, "service": "DongBoHoSoMC"},
        {"code": "khai sinh"},
        {"code": "G01.05-261116-000123"},
        {"data": []},
    ):
        assert (await ask(program, "receipt", body))[0] == 400
    assert await program.app.database.read(lambda c: c.execute(select(table)).all()) == []


# --- what is printed --------------------------------------------------------------------------------------------------


def test_links_of_each_channel() -> None:
    assert links("hs_x", web="https://motcua.example/", telegram="https://t.me/motcua_bot", zalo="123") == (
        Link("web", "https://motcua.example/?start=hs_x"),
        Link("telegram", "https://t.me/motcua_bot?start=hs_x"),
        Link("zalo", "https://zalo.me/123", "hs_x"),
    )
    assert len(links("hs_x", web="https://motcua.example/", telegram=None, zalo="")) == 1


@pytest.mark.parametrize("channel", ["web", "telegram", "zalo"])
def test_a_slip_is_a6_holds_the_code_and_stays_on_the_paper(channel: str) -> None:
    link = Link(channel, "https://zalo.me/123", KEYS.receipt_token(CODE, 1))
    paper = slip.slip(link, "000.00.07.H99-261116-0007", "Bộ phận Một cửa xã Đồng Sậy", "0200 000 007", demo=True)
    root = ET.fromstring(paper)
    assert (root.get("width"), root.get("height")) == ("105mm", "148mm")
    texts = [node for node in root.iter() if node.tag.endswith("text")]
    said = " ".join(node.text or "" for node in texts)
    for expected in ("000.00.07.H99-261116-0007", "xã Đồng Sậy", "0200 000 007", "DỮ LIỆU MẪU"):
        assert expected in said
    assert max(float(node.get("y", 0)) for node in texts) < slip.HEIGHT - 4
    assert max(len(node.text or "") * float(node.get("font-size", 0)) * 0.55 for node in texts) <= slip.WIDTH


def test_the_square_on_the_slip_is_the_code_of_the_link() -> None:
    link = Link("web", "https://motcua.example/?start=" + KEYS.receipt_token(CODE, 1))
    paper = slip.slip(link, CODE, None, None, demo=False)
    drawn = {(int(x) - 4, int(y) - 4) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", paper)}
    matrix = segno.make_qr(link.url, error="q").matrix
    assert drawn == {(x, y) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark}
    assert slip.png(link).startswith(b"\x89PNG")
    assert ET.fromstring(slip.svg(link)).tag.endswith("svg")


def test_the_command_prints_links_and_writes_files_only_their_owner_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://motcua.example")
    assert main(["receipt", CODE, "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    channel, url = out.strip().split("\t")
    assert channel == "web"
    assert re.fullmatch(r"https://motcua\.example/\?start=hs_[a-z]{28}", url)
    assert "nothing is known" in err
    made = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in made] == [f"{CODE}-web-slip.svg", f"{CODE}-web.png", f"{CODE}-web.svg"]
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    assert main(["receipt", CODE]) == 0
    assert capsys.readouterr().out == out
    assert main(["receipt", CODE, "--afresh"]) == 0
    assert capsys.readouterr().out != out
    assert main(["receipt", CODE, "--revoke"]) == 0
    assert "1 receipts" in capsys.readouterr().err
    assert main(["receipt", "khai sinh"]) == 2
