"""Whose answer changes: a line a question, none where nothing does."""

from __future__ import annotations

import argparse
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.commands import catalog as catalog_commands
from bot.learning.changes import changes, facts, usual
from procedures.catalog import BUNDLED, Catalog
from procedures.finding.facets import Facet
from procedures.search import Answer, Ask, Decision, Hit, Index, Unknown
from tests.fakes import catalog
from tests.test_catalog import GOOD

FIRST, SECOND = tuple(catalog())[:2]
DECISIONS: dict[str, Decision[object]] = {
    "answered": Answer(Hit(FIRST, 0.9)),
    "asked": Ask((Hit(FIRST, 0.5), Hit(SECOND, 0.4))),
    "refused": Unknown(),
}


class Fixed(Index[object]):
    """A search that decides as it is told."""

    def __init__(self, **decisions: str) -> None:
        self.decisions = decisions

    def decide(self, text: str) -> Decision[object]:
        return DECISIONS[self.decisions[text]]


def test_only_what_changes_is_named() -> None:
    now = Fixed(a="answered", b="asked", c="refused", d="answered")
    then = Fixed(a="answered", b="answered", c="asked", d="refused")
    assert list(changes(now, then, ["a", "b", "c", "b", "d"])) == [
        f"“b”: ? {FIRST.plain} / {SECOND.plain} → {FIRST.plain}",
        f"“c”: – → ? {FIRST.plain} / {SECOND.plain}",
        f"“d”: {FIRST.plain} → –",
    ]


def test_a_few_ways_of_each_procedure_are_asked() -> None:
    ways = list(usual())
    assert len(ways) > 400
    assert len(set(ways)) == len(ways)


def entry(**changed: str) -> str:
    """One procedure as a file of the catalog; ``changed``: what stands elsewhere instead."""
    text = GOOD.replace("scope: tỉnh Lai Châu", "scope: national").replace("to: 2027-01-01", "to: 2099-01-01")
    for old, new in changed.items():
        text = text.replace(KNOWN[old], new)
    return text


KNOWN = {"fee": "amount: 8000", "days": "amount: 3, least: 1", "paper": "Tờ khai", "code": '"1.001193"'}
WORDS = {Facet.PAPERS: "cần giấy tờ gì", Facet.FEE: "lệ phí bao nhiêu", Facet.TIME: "bao lâu thì xong"}


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        ({}, []),
        ({"fee": "amount: 9000"}, ["“Đăng ký khai sinh: lệ phí bao nhiêu”: lệ phí | 8000 | bản → lệ phí | 9000 | bản"]),
        ({"days": "amount: 5, least: 1"}, ["“Đăng ký khai sinh: bao lâu thì xong”: "]),
        ({"paper": "Đơn", "fee": "amount: 0"}, ["“Đăng ký khai sinh: cần giấy tờ gì”: ", "“Đăng ký khai sinh: lệ phí"]),
        ({"code": '"1.009999"'}, ["1.001193 Đăng ký khai sinh: gone", "1.009999 Đăng ký khai sinh: new"]),
    ],
)
def test_an_edit_names_the_questions_about_facts_that_it_changes(
    tmp_path: Path, changed: dict[str, str], lines: list[str]
) -> None:
    catalogs = []
    for name, text in (("now", entry()), ("then", entry(**changed))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ho-tich.yaml").write_text(text, "utf-8")
        catalogs.append(Catalog.load(tmp_path / name))
    found = list(facts(catalogs[0], catalogs[1], WORDS, date(2026, 11, 22)))
    assert len(found) == len(lines)
    assert all(told.startswith(line) for told, line in zip(found, lines, strict=True))


@pytest.mark.slow
def test_the_command_prints_them_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    catalog_commands.add_parser(parser.add_subparsers())
    edited = shutil.copytree(BUNDLED, tmp_path / "data")
    (edited / "can-cuoc.yaml").unlink()
    before = {path.name: path.read_bytes() for path in BUNDLED.glob("*.yaml")}
    args = parser.parse_args(["catalog", "diff", str(edited)])
    assert args.run(args) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert sum(line.endswith(": gone") for line in lines) >= 3
    assert any(line.startswith("“") and "căn cước" in line for line in lines)
    assert f"{len(lines)} answers change" in printed.err
    assert before == {path.name: path.read_bytes() for path in BUNDLED.glob("*.yaml")}
