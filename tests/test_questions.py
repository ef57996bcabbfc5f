"""The questions that judge the search: well formed, and never among the lines it learns from."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import procedures
from procedures.finding.fold import syllables
from procedures.learning.questions import Question, read_questions
from procedures.reading import safe_load
from tests.books import catalog

HERE = Path(__file__).parent
FILES = ("questions.jsonl", "questions_more.jsonl", "outside.jsonl")
PHRASINGS = Path(procedures.__file__).parent / "phrasings"
LIKE = 0.75
"""Share of common pairs of syllables from which two lines are the same question, told with other endings."""


def questions(name: str) -> tuple[Question, ...]:
    return read_questions(HERE / name)


def authored() -> list[str]:
    """Every line the search learns from: ways of asking, and the background that is no procedure."""
    entries: list[dict[str, Any]] = [
        entry for path in sorted(PHRASINGS.glob("*.yaml")) for entry in safe_load(path.read_text(encoding="utf-8"))
    ]
    return [line for entry in entries for line in entry.get("ways", ()) or entry.get("lines", ())]


def folded_pairs(text: str) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(syllables(text)))


@pytest.mark.parametrize("name", FILES)
def test_every_id_and_every_text_occurs_once(name: str) -> None:
    found = questions(name)
    assert len({question.id for question in found}) == len(found)
    assert len({question.text for question in found}) == len(found)


def test_outside_holds_only_what_no_procedure_answers() -> None:
    found = questions("outside.jsonl")
    assert len(found) >= 300
    assert all(question.is_out_of_scope for question in found)


def test_more_questions_are_about_many_procedures_of_the_catalog() -> None:
    """A procedure may leave the catalog: its question is then passed over, until too few are left."""
    found = questions("questions_more.jsonl")
    answerable = [question for question in found if any(catalog().by_code(code) for code in question.gold)]
    assert len(answerable) >= 150
    assert len({question.families for question in answerable}) >= 120
    assert all(question.facets for question in found)


@pytest.mark.parametrize("name", FILES)
def test_no_judging_question_is_among_the_authored_lines(name: str) -> None:
    learnt = {" ".join(syllables(line)) for line in authored()} - {""}
    assert len(learnt) > 1000
    assert [question.text for question in questions(name) if " ".join(syllables(question.text)) in learnt] == []


@pytest.mark.parametrize("name", FILES[1:])
def test_no_judging_question_is_nearly_an_authored_line(name: str) -> None:
    holding: dict[tuple[str, str], set[int]] = {}
    learnt = [folded_pairs(line) for line in authored()]
    for number, line in enumerate(learnt):
        for pair in line:
            holding.setdefault(pair, set()).add(number)
    close = []
    for question in questions(name):
        asked = folded_pairs(question.text)
        near = set().union(*(holding.get(pair, set()) for pair in asked)) if len(asked) > 2 else set()
        close += [question.text for one in near if len(asked & learnt[one]) > LIKE * len(asked | learnt[one])]
    assert close == []
