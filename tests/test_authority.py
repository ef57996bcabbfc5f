"""Who may do what: every command and every choice code × everybody, and exactly the allowed ones are granted.

The expectation is written out by hand here, not taken from the code's table; the docs' table is held equal to both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import operations
from handlers import effects as fx
from handlers.authority import ONLY_BELOW, OVER, ROLES, May
from handlers.desk import Official, Proposal, Step
from handlers.officials import digesting, due
from handlers.respond import respond
from handlers.states import AsksMatter
from onestop.dossier import Status
from procedures.finding.facets import Facet
from procedures.local import Basis, Fact, Hidden, Local, LocalFact
from procedures.procedure import Fee
from tests.fakes import NOON, Book, Talk, a_dossier
from tests.tables import row

UNIT, OTHER, PROVINCE, ELSEWHERE = "H99.07", "H99.08", "H99", "H98"
BIRTH, DEATH = "1.001193", "1.000656"
PAPER = "theo 12/NQ-HĐND ngày 5/12/2025"
DOSSIER = {UNIT: "H99.07-261116-0007", OTHER: "H99.08-261116-0007"}
NUMBER = {UNIT: 7, OTHER: 8}
QUESTION = {UNIT: 1, OTHER: 2}

# --- who, and what each may do for xã Đồng Sậy (UNIT) and for xã Đồi Sim (OTHER) --------------------------------------

DESK = {"digest", "costs", "reopen", "hide", "propose", "confirm", "list", "letters", "pending"}
EVERYBODY: dict[str, tuple[tuple[str, str] | None, set[str], set[str]]] = {
    # who: (role, unit) or None, may for UNIT, may for OTHER
    "a citizen": (None, set(), set()),
    "staff": (("staff", UNIT), DESK, set()),
    "head": (("head", UNIT), DESK, set()),
    "readonly": (("readonly", UNIT), {"digest", "costs", "list"}, set()),
    "auditor": (("auditor", UNIT), {"digest", "costs", "list", "journal"}, set()),
    "a province's role in a commune": (("province", UNIT), {"digest", "costs", "list", "confirm", "pending"}, set()),
    "staff of another unit": (("staff", OTHER), set(), DESK - {"costs"}),
    "head of the province": (("head", PROVINCE), set(), set()),
    "the province": (
        ("province", PROVINCE),
        {"digest", "costs", "confirm", "pending", "held"},
        {"digest", "confirm", "pending", "held"},
    ),
    "readonly of the province": (("readonly", PROVINCE), {"digest", "costs"}, {"digest"}),
    "auditor of the province": (("auditor", PROVINCE), {"digest", "costs", "journal"}, {"digest", "journal"}),
    "another province": (("province", ELSEWHERE), set(), set()),
    "a role that does not exist": (("admin", UNIT), set(), set()),
}


@dataclass(frozen=True)
class Ask:
    """What is typed or pressed for one unit, what it needs, and how one sees that it was granted."""

    text: str
    needs: str
    granted: str = ""
    """Words of the answer, where no effect shows it."""


def asks(unit: str, name: str) -> dict[str, Ask]:
    """Every command and choice code of officials, for one unit; none was offered to who says it."""
    code, number = DOSSIER[unit], NUMBER[unit]
    new = f"8000 đồng, {PAPER}"
    return {
        "the week in words": Ask(f"tuần trước {name}", "digest"),
        "the week by command": Ask(f"/tuan 2026-W46 {name}", "digest"),
        "the week by code": Ask(f"digest 2026-W46 {unit}", "digest"),
        "the week as a file": Ask(f"page 2026-W46 {unit}", "digest"),
        "the week as a table": Ask(f"book 2026-W46 {unit}", "digest"),
        "the week as a table, in words": Ask(f"gửi file excel tuần trước {name}", "digest"),
        "reopen in words": Ask(f"mở lại {code}", "reopen"),
        "reopen by command": Ask(f"/molai {code}", "reopen"),
        "hide by code": Ask(f"hide_sure {BIRTH} time {unit}", "hide"),
        "hide, asked for by code": Ask(f"hide {BIRTH} time {unit}", "hide", "Tạm ẩn thời gian làm"),
        "unhide by code": Ask(f"unhide {DEATH} fee {unit}", "hide"),
        "propose": Ask(f"sửa ghi chú khai sinh: mang sổ cũ, {PAPER}", "propose"),
        "propose by command": Ask(f"/sua ghi chú khai sinh: {new}", "propose"),
        "propose, picked": Ask(f"correct_at {unit}", "propose"),
        "confirm in words": Ask(f"duyệt {number}", "confirm"),
        "confirm by command": Ask(f"/duyet {number}", "confirm"),
        "confirm by code": Ask(f"approve {number}", "confirm"),
        "refuse in words": Ask(f"không duyệt {number}", "confirm"),
        "refuse by code": Ask(f"refuse {number}", "confirm"),
        "what nobody understood, picked": Ask(f"teach_as {QUESTION[unit]} {BIRTH}", "propose"),
        "what was meant?": Ask(f"teach {QUESTION[unit]}", "propose", "là hỏi việc nào"),
        "what waits": Ask("chờ duyệt", "pending", f"Số {number}."),
        "what waits, by code": Ask("pending", "pending", f"Số {number}."),
        "the journal": Ask(f"nhật ký {name}", "journal"),
        "the journal by code": Ask(f"journal {unit}", "journal"),
        "the list by code": Ask(f"list late {unit}", "list"),
        "letters by code": Ask(f"letters {unit}", "letters"),
        "held remarks": Ask(f"lời giữ lại {name}", "held"),
        "held remarks by command": Ask(f"/loigiu {name}", "held"),
        "held remarks by code": Ask(f"held {unit}", "held"),
        "held remarks, another page": Ask(f"held {unit} p2", "held"),
        "a letter": Ask(f"thư xin lỗi {code}", "letters"),
        "a new day": Ask(f"hẹn lại {code} 30/11 vì mưa", "letters"),
        "a new day by command": Ask(f"/henlai {code} 30/11", "letters"),
    }


OWN_WORDS = {
    "this week": Ask("tuần này", "digest"),
    "this week by code": Ask("week this", "digest"),
    "hide in words": Ask("tạm ẩn thời gian khai sinh", "hide", "Tạm ẩn thời gian làm"),
    "hide by command": Ask("/taman thời gian khai sinh", "hide", "Tạm ẩn thời gian làm"),
    "which fact, by code": Ask(f"hide {BIRTH}", "hide", "tạm ẩn mục nào"),
    "unhide in words": Ask("bỏ ẩn lệ phí khai tử", "hide"),
    "what is hidden": Ask("đang ẩn", "hide", "Đang ẩn ở xã Đồng Sậy"),
    "what is hidden, by code": Ask("hidden", "hide", "Đang ẩn ở xã Đồng Sậy"),
    "the journal": Ask("nhật ký", "journal"),
    "late dossiers": Ask("hồ sơ trễ", "list"),
    "what messages cost": Ask("chi phí tuần này", "costs"),
    "what messages cost, by command": Ask("/chiphi", "costs"),
    "what messages cost, by code": Ask("costs last", "costs"),
    "what nobody understood": Ask("chưa hiểu", "propose", "giấy cho bé mới"),
    "what nobody understood, by command": Ask("/chuahieu", "propose", "giấy cho bé mới"),
    "what nobody understood, by code": Ask("unclear", "propose", "giấy cho bé mới"),
    "what was done": Ask("đã làm 1.001193: sửa bảng niêm yết ngày 13/7", "propose"),
    "what was done, by command": Ask("/dalam 1.001193: sửa bảng niêm yết", "propose"),
    "a way of asking": Ask("thêm cách hỏi khai sinh: làm giấy cho bé mới sinh", "propose"),
}
"""Words that name no unit: one's own is meant. Tried by those whose one unit is UNIT, and by who has none."""


def a_book() -> Book:
    """Two communes, each with something hidden, something proposed by somebody, and a dossier that is late."""
    book = Book()
    facts = {unit: LocalFact(unit, BIRTH, Fact.FEE, (Fee("Lệ phí", 8000),), BASIS) for unit in DOSSIER}
    for unit, fact in facts.items():
        number = NUMBER[unit]
        book.officials.append((f"test/0/proposer-{unit}", Official(f"cb-{number}", unit, "staff")))
        book.proposed[number] = Proposal(number, fact, f"cb-{number}", NOON, own=False, in_office=True)
        book.left_open.append(fx.LeftOpen(unit, "giấy cho bé mới", "unclear"))
        book.push(a_dossier(DOSSIER[unit], Status.IN_PROGRESS, unit=unit, due=NOON - timedelta(days=1)))
    book.local = Local(hidden=[Hidden(unit, DEATH, Facet.FEE) for unit in DOSSIER])
    return book


BASIS = Basis("12/NQ-HĐND", date(2025, 12, 5))


def somebody(who: tuple[str, str] | None, private: bool = True, revoked: bool = False) -> Talk:
    talk = Talk(respond=respond, book=a_book(), private=private)
    if who is not None:
        role, unit = who
        talk.book.officials.append((talk.chat, Official("cb-me", unit, role)))
    if revoked:
        talk.book.revoked.add("cb-me")
    return talk


OURS = (
    fx.ActionNoted,
    fx.ExtensionDrafted,
    fx.ExtensionConfirmed,
    fx.Audited,
    fx.FactHidden,
    fx.FactUnhidden,
    fx.FactProposed,
    fx.FactDecided,
    fx.Reopened,
    fx.Locked,
)


async def is_granted(talk: Talk, ask: Ask, unit: str) -> bool:
    """Whether it was done or shown: by what is written, else by the words. What is written names the unit and us."""
    if ask.text.startswith("correct_at"):
        issued = BASIS.issued.isoformat()
        state = AsksMatter("note", "mang sổ cũ", BASIS.number, issued, "", "", BIRTH, "")
        talk.conversation = replace(talk.conversation, state=state)
    before = (len(talk.book.audited), dict(talk.book.proposed), talk.book.local)
    step = await talk.turn(ask.text)
    assert isinstance(step, Step)
    assert step.say, "nobody is left without an answer"
    written = [effect for effect in step.effects if isinstance(effect, OURS)]
    said = "\n".join(message.text for message in step.say)
    if not written:
        assert before == (len(talk.book.audited), talk.book.proposed, talk.book.local)
        return bool(ask.granted) and ask.granted in said
    (note,) = [effect for effect in written if isinstance(effect, fx.Audited)]
    assert (note.who, note.unit) == ("cb-me", unit), "the journal tells who did it and where"
    return True


# --- the matrix ------------------------------------------------------------------------------------------------------


def names_it(who: str, unit: str, ask: Ask) -> bool:
    """Words of a new value name no unit, they mean one's own: for another's only the code can be tried."""
    role = EVERYBODY[who][0]
    return ask.needs != "propose" or ask.text.startswith(("correct_at", "teach")) or (role is None or role[1] == unit)


@pytest.mark.parametrize(("unit", "name"), [(UNIT, "Đồng Sậy"), (OTHER, "Đồi Sim")])
@pytest.mark.parametrize("who", EVERYBODY)
async def test_exactly_the_allowed_is_granted(who: str, unit: str, name: str) -> None:
    role, here, there = EVERYBODY[who]
    may = here if unit == UNIT else there
    for what, ask in asks(unit, name).items():
        if names_it(who, unit, ask):
            with row(what):
                assert await is_granted(somebody(role), ask, unit) is (ask.needs in may)


@pytest.mark.parametrize("who", [who for who, (role, *_) in EVERYBODY.items() if role is None or role[1] == UNIT])
async def test_words_without_a_unit_mean_ones_own(who: str) -> None:
    role, may, _ = EVERYBODY[who]
    for what, ask in OWN_WORDS.items():
        with row(what):
            assert await is_granted(somebody(role), ask, UNIT) is (ask.needs in may)


EVERYTHING = {**asks(UNIT, "Đồng Sậy"), **OWN_WORDS}


@pytest.mark.parametrize("role", list(ROLES))
async def test_nothing_after_a_revocation(role: str) -> None:
    for what, ask in EVERYTHING.items():
        with row(what):
            assert await is_granted(somebody((role, UNIT), revoked=True), ask, UNIT) is False


@pytest.mark.parametrize("role", list(ROLES))
async def test_nothing_in_a_group(role: str) -> None:
    for what, ask in EVERYTHING.items():
        with row(what):
            assert await is_granted(somebody((role, UNIT), private=False), ask, UNIT) is False


NEEDS = {"journal": ("auditor", UNIT), "held": ("province", PROVINCE)}


async def test_the_next_call_after_a_revocation_is_refused() -> None:
    for what, ask in EVERYTHING.items():
        with row(what):
            talk = somebody(NEEDS.get(ask.needs, ("head", UNIT)))
            assert await is_granted(talk, ask, UNIT)
            talk.book.revoked.add("cb-me")
            talk.book.proposed = a_book().proposed
            talk.book.local = a_book().local
            assert await is_granted(talk, ask, UNIT) is False


FORGED = (
    *(f"hide_sure {code} {facet} {UNIT}" for code in (BIRTH, "9.999999") for facet in ("fee", "x")),
    f"hide_sure {BIRTH} fee X",
    *("hide", "hide x", f"hide {BIRTH} fee {UNIT} more", "hide_sure", f"hide_sure {BIRTH}", "unhide", "unhide a b"),
    *("approve", "approve x", "approve 0", "approve 99999999999", "approve 7 8", "refuse", "refuse -1"),
    *("journal H98", f"journal {UNIT} {OTHER}", "hidden p0", "hidden x", "pending 1"),
    *("teach", "teach x", "teach 99", "teach_as 1", f"teach_as 99 {BIRTH}", "unclear 1"),
    *("correct_of", "correct_line 1", f"correct_at {UNIT}", f"correct_of {BIRTH}", "correct_line 1 2"),
    *("digest", "digest x", f"digest 2026-W46 {UNIT} x", "week next", "list", "letters", "list x y"),
    *("costs", "costs next"),
    *("held", f"held {UNIT} x", "held X p1"),
)
"""Codes that no choice of ours says, or says to others only."""


@pytest.mark.parametrize("who", ["a citizen", "readonly", "staff of another unit", "head of the province"])
async def test_a_forged_code_grants_nothing(who: str) -> None:
    for text in FORGED:
        with row(text):
            talk = somebody(EVERYBODY[who][0])
            step = await talk.turn(text)
            assert isinstance(step, Step)
            assert step.say
            if not (who == "head of the province" and text.startswith(("digest", "journal"))):
                assert [each for each in step.effects if not isinstance(each, fx.Missed)] == []


async def test_a_misshapen_code_breaks_nothing() -> None:
    for text in FORGED:
        with row(text):
            talk = somebody(("head", UNIT))
            step = await talk.turn(text)
            assert isinstance(step, Step)
            assert step.say
            hidden = any(isinstance(each, fx.FactHidden) for each in step.effects)
            assert hidden is (text == f"hide_sure {BIRTH} fee {UNIT}")


# --- one table -------------------------------------------------------------------------------------------------------


def test_the_docs_table_is_the_table() -> None:
    docs = (Path(__file__).parents[1] / "docs" / "contract.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in docs.splitlines() if line.startswith("|")]
    head = next(row for row in rows if row[0] == "role")
    table = {row[0]: row[1:] for row in rows[rows.index(head) + 2 :][: len(ROLES)]}
    assert set(table) == set(ROLES)
    for role, cells in table.items():
        for may, cell in zip(head[1:], cells, strict=True):
            allowed = May(may) in ROLES[role]
            over = May(may) in OVER.get(role, frozenset())
            if May(may) in ONLY_BELOW:
                assert cell == ("its communes'" if over else "–"), (role, may)
                continue
            assert cell == ("yes, and its communes'" if over else "yes" if allowed else "–"), (role, may)
    assert {May(each) for each in head[1:]} == set(May)


def test_over_communes_is_never_more_than_in_ones_own() -> None:
    assert all(may <= ROLES[role] for role, may in OVER.items())


def test_the_lists_and_digests_keep_to_the_same_table() -> None:
    assert {role for role, may in ROLES.items() if May.MORNING in may} == due.DRAFTS
    assert {role for role, may in OVER.items() if May.READ_DIGEST in may} == digesting.OVER_UNITS
    assert set(operations.ROLES) == set(ROLES)
    assert all(May.READ_DIGEST in may and May.READ_LIST in may for may in ROLES.values())


def test_every_code_word_is_in_the_matrix() -> None:
    from handlers.reading.first_words import DESK_CODES

    tried = {ask.text.split()[0] for ask in EVERYTHING.values()} | {text.split()[0] for text in FORGED}
    assert tried >= DESK_CODES | {"week", "digest", "page", "book", "list", "letters", "costs", "held"}
    commands = set(re.findall(r"/(\w+)", " ".join(ask.text for ask in EVERYTHING.values())))
    assert commands >= {"tuan", "molai", "taman", "sua", "duyet", "chiphi"}
