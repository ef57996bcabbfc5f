"""Nothing is told whose time is over or has not come, and no province's figures at another's desk."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.local.values import dump_line, load_line
from handlers.answers import asking
from handlers.desk import Conversation, Desk
from handlers.reading.intents import About
from onestop.days.calendar import VIETNAM
from procedures.catalog import Catalog
from procedures.finding.facets import Facet
from procedures.local import Basis, Fact, Local, LocalFact
from procedures.procedure import Fee, Procedure, ProcessingTime, Submission, TimeUnit, Way
from procedures.search import Index
from procedures.validity import Why, Withheld, in_force, is_in_force
from tests.fakes import a_desk, catalog

TODAY = date(2026, 11, 22)
OLD = Fee("Lệ phí", 25_000, until=date(2026, 12, 31))
NEW = Fee("Lệ phí", 50_000, since=date(2027, 1, 1))
GONE = Fee("Lệ phí", 10_000, until=date(2026, 11, 21))
LONG = ProcessingTime(TimeUnit.DAYS, 30, until=date(2026, 11, 21))


def procedure(*fees: Fee, times: tuple[ProcessingTime, ...] = (), **values: object) -> Procedure:
    found = catalog().by_code("1.000894")
    assert found is not None
    return replace(found, submissions=(Submission(Way.IN_PERSON, times, fees),), **values)  # type: ignore[arg-type]


def desk_of(shown: Procedure, day: date = TODAY, local: Local | None = None) -> Desk:
    desk = a_desk(now=datetime(day.year, day.month, day.day, 9, tzinfo=VIETNAM), local=local)
    return replace(desk, catalog=Catalog([shown]), index=Index([shown]))


def told(shown: Procedure, part: Facet | None = None, day: date = TODAY, local: Local | None = None) -> str:
    step = asking.about(Conversation(version=1), desk_of(shown, day, local), About(shown.code, part))
    return step.say[0].text


CASES = {
    "both": ((OLD, NEW), TODAY, [25_000], [(Why.NOT_YET, NEW.since)]),
    "the last day": ((OLD, NEW), date(2026, 12, 31), [25_000], [(Why.NOT_YET, NEW.since)]),
    "the first day": ((OLD, NEW), date(2027, 1, 1), [50_000], []),
    "only the old, over": ((GONE,), TODAY, [], [(Why.ENDED, GONE.until)]),
    "only the new, not begun": ((NEW,), TODAY, [], [(Why.NOT_YET, NEW.since)]),
    "without validity": ((Fee("Lệ phí", 1),), TODAY, [1], []),
}


@pytest.mark.parametrize(("fees", "day", "amounts", "why"), CASES.values(), ids=list(CASES))
def test_which_lines_hold(
    fees: tuple[Fee, ...], day: date, amounts: list[int], why: list[tuple[Why, date | None]]
) -> None:
    holds, withheld = in_force(procedure(*fees), day, ())
    assert [fee.amount for fee in holds.submissions[0].fees] == amounts
    assert [(each.why, each.day) for each in withheld] == why


def test_a_line_of_its_own_time_is_told_in_its_time_only() -> None:
    now = told(procedure(OLD, NEW), Facet.FEE)
    assert "25.000 đồng" in now and "50.000" not in now
    assert "Từ ngày 1/1/2027 có mức khác." in now
    later = told(procedure(OLD, NEW), Facet.FEE, date(2027, 1, 1))
    assert "50.000 đồng" in later and "25.000" not in later and "mức khác" not in later


@pytest.mark.parametrize("part", [None, Facet.FEE])
def test_a_figure_whose_time_is_over_is_not_told(part: Facet | None) -> None:
    said = told(procedure(GONE), part)
    assert "10.000" not in said
    if part is Facet.FEE:
        assert "mức cũ chỉ áp dụng đến hết ngày 21/11/2026" in said
        assert "gọi 0200 000 007" in said


def test_times_too() -> None:
    said = told(procedure(times=(LONG,)), Facet.TIME)
    assert "30 ngày" not in said
    assert "đến hết ngày 21/11/2026" in said


@pytest.mark.parametrize("part", [None, *Facet])
def test_nothing_of_a_page_that_does_not_hold(part: Facet | None) -> None:
    paper = procedure().cases[0].documents[0].name
    over = told(procedure(OLD, effective_to=date(2026, 11, 21)), part)
    assert "đã hết áp dụng từ sau ngày 21/11/2026" in over
    soon = told(procedure(OLD, effective_from=date(2027, 3, 1)), part)
    assert "đến ngày 1/3/2027 mới áp dụng" in soon
    for said in (over, soon):
        assert "25.000" not in said and paper not in said
        assert "Nguồn: thủ tục 1.000894" in said
    assert is_in_force(procedure(effective_to=TODAY, effective_from=TODAY), TODAY)


def test_a_provinces_figures_are_told_at_its_own_desks_only() -> None:
    here, there = procedure(OLD, scope="tỉnh Lam Châu"), procedure(OLD, scope="tỉnh Lai Châu")
    assert "25.000 đồng" in told(here, Facet.FEE)
    elsewhere = told(there, Facet.FEE)
    assert "25.000" not in elsewhere
    assert "máy chưa có con số của tỉnh mình" in elsewhere
    assert "25.000" not in told(there)


def test_a_desks_own_figure_holds_whatever_the_page() -> None:
    shown = procedure(OLD, scope="tỉnh Lai Châu")
    basis = Basis("12/NQ-HĐND", date(2025, 12, 5), "HĐND tỉnh Lam Châu")
    own = LocalFact("H99.07", shown.code, Fact.FEE, (Fee("Lệ phí", 8_000),), basis)
    assert "8.000 đồng" in told(shown, Facet.FEE, local=Local((own,)))


def test_withheld_once_however_many_ways() -> None:
    shown = procedure(NEW)
    twice = replace(shown, submissions=(shown.submissions[0], replace(shown.submissions[0], way=Way.ONLINE)))
    assert in_force(twice, TODAY, ())[1] == (Withheld(Facet.FEE, Why.NOT_YET, NEW.since),)


def test_lines_of_the_catalog_have_their_own_time() -> None:
    shown = catalog().by_code("1.014063")
    assert shown is not None
    fees = shown.submissions[0].fees
    assert [(fee.amount, fee.since, fee.until) for fee in fees] == [
        (25_000, None, date(2026, 12, 31)),
        (50_000, date(2027, 1, 1), None),
    ]


@pytest.mark.parametrize("line", [OLD, NEW, LONG])
def test_a_line_with_its_time_is_stored(line: Fee | ProcessingTime) -> None:
    fact = Fact.FEE if isinstance(line, Fee) else Fact.TIME
    assert load_line(fact, dump_line(line)) == line


def test_a_time_that_ends_before_it_begins_is_a_mistake(tmp_path: Path) -> None:
    from tests.test_guide import GOOD, mistakes_of

    bad = GOOD.replace("amount: 8000}", "amount: 8000, effective: {from: 2027-01-01, to: 2026-01-01}}")
    assert any("before it begins" in what for _, what in mistakes_of(tmp_path, bad))
