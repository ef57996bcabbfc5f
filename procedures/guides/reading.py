"""A procedure's ``guide`` read strictly: a tree that would leave a citizen standing is a mistake at its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from procedures.finding.fold import fold
from procedures.guides.guide import MOST_QUESTIONS, Answer, Guide, Question
from procedures.guides.personal import begins, fee_texts, time_texts
from procedures.procedure import Case, Procedure, Submission
from procedures.reading import Entry, Mistake, nearest

QUESTION = ("key", "ask", "answers")
ANSWER = ("label", "next", "case", "procedure", "without", "needs", "fees", "times")
KEY = re.compile(r"[a-z0-9_]{1,20}")
LONGEST_QUESTION = 100
LONGEST_LABEL = 24
FEWEST, MOST = 2, 4
"""Answers to a question."""

Entries = dict[str, list[Entry]]


def read_guide(entry: Entry, cases: tuple[Case, ...], submissions: tuple[Submission, ...]) -> Guide | None:
    """The guide of a procedure's entry; None where it has none, or one with mistakes."""
    before = len(entry.mistakes)
    inners = entry.entries("guide", QUESTION)
    if not inners:
        return None
    entries: Entries = {}
    questions = tuple(_question(inner, entries) for inner in inners)
    guide = Guide(questions)
    _check_keys(inners, questions)
    if len(entry.mistakes) == before:
        _check_links(guide, entries, {case.key for case in cases})
    if len(entry.mistakes) == before and not _endless(guide, inners):
        _check_ends(guide, entry, inners, entries, cases)
        _check_names(guide, entries, cases, submissions)
    return guide if len(entry.mistakes) == before else None


def unknown_targets(procedures: Iterable[Procedure]) -> Iterator[Mistake]:
    """Every answer that leads to a procedure which is not in the catalog, or to its own."""
    listed = tuple(procedures)
    known = {each.code for each in listed}
    for procedure in listed:
        for question in procedure.guide.questions if procedure.guide is not None else ():
            for answer in question.answers:
                if answer.procedure is not None and (
                    answer.procedure not in known or answer.procedure == procedure.code
                ):
                    what = f"the guide of {procedure.code} leads to {answer.procedure}"
                    yield Mistake(procedure.file, procedure.line, what, "name another procedure of the catalog")


def _question(entry: Entry, entries: Entries) -> Question:
    key = entry.text("key")
    if key and not KEY.fullmatch(key):
        entry.wrong("key", f"key {key} is no short name", "use up to 20 of a-z, 0-9 and _")
    opened = entry.entries("answers", ANSWER, required=True)
    answers = tuple(_answer(each) for each in opened)
    if not FEWEST <= len(answers) <= MOST:
        entry.wrong("answers", f"{len(answers)} answers", f"a question has {FEWEST} to {MOST}")
    entries.setdefault(key, list(opened))
    labels = [fold(each.label) for each in answers]
    if len(set(labels)) != len(labels):
        entry.wrong("answers", "two answers have the same label", "say what differs")
    return Question(key, entry.text("ask", LONGEST_QUESTION), answers)


def _answer(entry: Entry) -> Answer:
    target = entry.quoted("procedure") if "procedure" in entry.values else None
    answer = Answer(
        label=entry.text("label", LONGEST_LABEL),
        next=entry.maybe_text("next"),
        case=entry.maybe_text("case"),
        procedure=target,
        without=entry.texts("without"),
        needs=entry.texts("needs"),
        fees=entry.texts("fees"),
        times=entry.texts("times"),
    )
    others = [key for key in ANSWER[1:] if key in entry.values and key != "procedure"]
    if target is not None and others:
        entry.wrong("procedure", f"an answer with procedure and {others[0]}", "another procedure has its own guide")
    return answer


def _check_keys(inners: tuple[Entry, ...], questions: tuple[Question, ...]) -> None:
    seen: set[str] = set()
    for inner, question in zip(inners, questions, strict=True):
        if question.key in seen:
            inner.wrong("key", f"the question {question.key} occurs twice", "give each question its own key")
        seen.add(question.key)


def _check_links(guide: Guide, entries: Entries, cases: set[str]) -> None:
    keys = [question.key for question in guide.questions]
    for question in guide.questions:
        for answer, entry in zip(question.answers, entries[question.key], strict=True):
            if answer.next is not None and answer.next not in keys:
                entry.wrong("next", f"the question {answer.next} does not exist", nearest(answer.next, keys))
            if answer.case is not None and answer.case not in cases:
                hint = nearest(answer.case, sorted(cases))
                entry.wrong("case", f"case {answer.case} refers to nothing", hint)


def _endless(guide: Guide, inners: tuple[Entry, ...]) -> bool:
    """Whether a path comes back to a question, or asks more than five."""
    at = {question.key: inner for question, inner in zip(guide.questions, inners, strict=True)}
    waiting: list[tuple[str, ...]] = [(guide.questions[0].key,)]
    while waiting:
        asked = waiting.pop()
        here = guide.question(asked[-1])
        for key in dict.fromkeys(answer.next for answer in here.answers if answer.next) if here is not None else ():
            if key in asked:
                at[key].wrong("key", f"the question {key} is asked again after itself", "lead every path to an end")
                return True
            if len(asked) == MOST_QUESTIONS:
                path = ", ".join((*asked, key))
                at[key].wrong("key", f"a path asks {len(asked) + 1} questions ({path})", f"at most {MOST_QUESTIONS}")
                return True
            waiting.append((*asked, key))
    return False


def _check_ends(
    guide: Guide, entry: Entry, inners: tuple[Entry, ...], entries: Entries, cases: tuple[Case, ...]
) -> None:
    written = {
        id(answer): written
        for question in guide.questions
        for answer, written in zip(question.answers, entries[question.key], strict=True)
    }
    ends = [path for _, path in guide.paths()]
    for path in ends:
        if path.case is None and path.procedure is None and len(cases) > 1:
            labels = " → ".join(answer.label for answer in path.given)
            last = written[id(path.given[-1])]
            last.wrong("label", f"the path {labels} ends at no case", "add “case:” or “procedure:” to an answer")
    reached = {path.case for path in ends if path.procedure is None}
    for case in cases if len(cases) > 1 else ():
        if case.key not in reached:
            entry.wrong("guide", f"no path ends at the case {case.key}", "ask for it, or take the case away")
    asked = {guide.questions[0].key} | {
        answer.next for question in guide.questions for answer in question.answers if answer.next
    }
    for question, inner in zip(guide.questions, inners, strict=True):
        if question.key not in asked:
            inner.wrong("key", f"the question {question.key} is never asked", "lead an answer to it")


def _check_names(guide: Guide, entries: Entries, cases: tuple[Case, ...], submissions: tuple[Submission, ...]) -> None:
    """What an answer names must be there, once, in a case that is reached through it."""
    fees = tuple(fee_texts(fee) for each in submissions for fee in each.fees)
    times = tuple(time_texts(time) for each in submissions for time in each.times)
    through = _cases_through(guide, cases)
    for question in guide.questions:
        for answer, entry in zip(question.answers, entries[question.key], strict=True):
            reached = through.get(id(answer), ())
            _papers_named(entry, "without", answer.without, reached)
            _papers_named(entry, "needs", answer.needs, reached)
            _lines_named(entry, "fees", answer.fees, fees)
            _lines_named(entry, "times", answer.times, times)


def _cases_through(guide: Guide, cases: tuple[Case, ...]) -> dict[int, tuple[Case, ...]]:
    """Answer → the cases at which paths through it end."""
    found: dict[int, dict[str, Case]] = {}
    for _, path in guide.paths():
        if path.procedure is None:
            case = next((each for each in cases if each.key == path.case), cases[0])
            for answer in path.given:
                found.setdefault(id(answer), {})[case.key] = case
    return {answer: tuple(each.values()) for answer, each in found.items()}


def _papers_named(entry: Entry, key: str, names: tuple[str, ...], cases: tuple[Case, ...]) -> None:
    for name in names:
        counts = [sum(begins(document.name, name) for document in case.documents) for case in cases]
        if not any(counts):
            entry.wrong(key, f"{key}: no paper of {_keys(cases)} begins with “{name}”", "write it as in documents")
        elif max(counts) > 1:
            entry.wrong(key, f"{key}: several papers begin with “{name}”", "write more of the name")


def _lines_named(entry: Entry, key: str, names: tuple[str, ...], lines: tuple[tuple[str, ...], ...]) -> None:
    for name in names:
        if not any(begins(text, name) for texts in lines for text in texts):
            entry.wrong(key, f"{key}: no line begins with “{name}”", f"write it as under {key} of a submission")


def _keys(cases: tuple[Case, ...]) -> str:
    return ", ".join(case.key for case in cases) or "any case"
