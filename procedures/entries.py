"""One entry of the catalog's YAML made into a ``Procedure``, with every mistake named. The format: docs/catalog.md."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from procedures.guides.reading import read_guide
from procedures.procedure import (
    Case,
    Document,
    Fee,
    Level,
    Procedure,
    ProcessingTime,
    Source,
    Submission,
    TimeUnit,
    Tone,
    Way,
)
from procedures.reading import Entry
from procedures.wording import cheer_mistakes, plain_mistakes

LONGEST_PLAIN = 60
LONGEST_CASE = 24
"""What fits a button on every channel."""

CODE = re.compile(r"\d\.\d{6}(\.\d{3}\.\d{2}\.\d{2}\.H\d{2})?")
CASE_KEY = re.compile(r"[a-z0-9_]{1,20}")
SCOPE = re.compile(r"national|(tỉnh|thành phố) \S.*")

PROCEDURE = (
    *("code", "name", "plain", "aliases", "level", "tone", "discreet", "elsewhere", "scope", "effective", "source"),
    *("summary", "submit_at", "decided_by", "cases", "submissions", "exemptions", "results", "conditions"),
    *("legal_basis", "guide"),
)
SOURCE = ("url", "decision", "checked")
EFFECTIVE = ("from", "to")
CASE = ("key", "name", "when", "documents")
DOCUMENT = ("name", "form", "originals", "copies", "shown", "note")
SUBMISSION = ("way", "times", "fees", "note")
TIME = ("unit", "amount", "least", "case", "note", "effective")
FEE = ("what", "amount", "per", "case", "note", "effective")


def read_procedure(entry: Entry, field: str) -> Procedure:
    """Raises nothing: mistakes are added to the entry's; what is returned is of use only without any."""
    tone = entry.one_of("tone", Tone, Tone.PLAIN)
    entry.mistakes.extend(cheer_mistakes(entry, tone))
    entry.mistakes.extend(plain_mistakes(entry))
    cases = _cases(entry)
    submissions = _submissions(entry, {case.key for case in cases})
    effective_from, effective_to = _effective(entry)
    return Procedure(
        code=_code(entry),
        name=entry.text("name"),
        plain=entry.text("plain", LONGEST_PLAIN),
        field=field,
        level=entry.one_of("level", Level),
        source=read_source(entry),
        aliases=entry.texts("aliases"),
        summary=entry.maybe_text("summary"),
        submit_at=entry.maybe_text("submit_at"),
        decided_by=entry.maybe_text("decided_by"),
        cases=cases,
        submissions=submissions,
        results=entry.texts("results"),
        conditions=entry.texts("conditions"),
        legal_basis=entry.texts("legal_basis"),
        exemptions=entry.texts("exemptions"),
        scope=_scope(entry),
        effective_from=effective_from,
        effective_to=effective_to,
        tone=tone,
        discreet=entry.flag("discreet"),
        elsewhere=entry.maybe_text("elsewhere"),
        guide=read_guide(entry, cases, submissions),
        file=entry.file,
        line=entry.line,
    )


def _code(entry: Entry) -> str:
    code = entry.quoted("code")
    if code and not CODE.fullmatch(code):
        entry.wrong("code", f"{code} is no procedure's code", 'it looks like "1.001193"')
    return code


def _scope(entry: Entry) -> str:
    scope = entry.maybe_text("scope")
    if scope is None:
        return "national"
    if not SCOPE.fullmatch(scope):
        entry.wrong("scope", f"scope {scope} is no place", "write national, or such as “tỉnh Lai Châu”")
    return scope


def read_source(entry: Entry) -> Source:
    """Where an entry's facts were read, and on which day."""
    inner = entry.entry("source", SOURCE, required=True)
    if inner is None:
        return Source(None, None, date.min)
    url, decision = inner.maybe_text("url"), inner.maybe_text("decision")
    if url is None and decision is None:
        inner.wrong("url", "the source has neither url nor decision", "name where the facts were read")
    if url is not None and not _is_public(url):
        inner.wrong("url", f"{url} is no page of the State", "use https:// and a host under gov.vn")
    checked = inner.day("checked")
    if "checked" not in inner.values:
        inner.wrong("checked", "checked is missing", "add the day on which the page was read")
    return Source(url, decision, checked or date.min)


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and (parts.hostname or "").endswith(".gov.vn")


def _effective(entry: Entry) -> tuple[date | None, date | None]:
    inner = entry.entry("effective", EFFECTIVE)
    if inner is None:
        return None, None
    first, last = inner.day("from"), inner.day("to")
    if first is not None and last is not None and last < first:
        inner.wrong("to", f"it ends on {last}, before it begins on {first}", "swap them")
    return first, last


def _cases(entry: Entry) -> tuple[Case, ...]:
    found: dict[str, Case] = {}
    for inner in entry.entries("cases", CASE, required=True):
        key = inner.text("key")
        if key and not CASE_KEY.fullmatch(key):
            inner.wrong("key", f"key {key} is no short name", "use up to 20 of a-z, 0-9 and _")
        if key in found:
            inner.wrong("key", f"the case {key} occurs twice", "give each case its own key")
        documents = tuple(_document(document) for document in inner.entries("documents", DOCUMENT, required=True))
        found[key] = Case(key, inner.text("name", LONGEST_CASE), documents, inner.maybe_text("when"))
    return tuple(found.values())


def _document(entry: Entry) -> Document:
    return Document(
        name=entry.text("name"),
        form=entry.maybe_text("form"),
        originals=entry.number("originals", least=0),
        copies=entry.number("copies", least=0),
        shown=entry.flag("shown"),
        note=entry.maybe_text("note"),
    )


def _submissions(entry: Entry, cases: set[str]) -> tuple[Submission, ...]:
    found: list[Submission] = []
    for inner in entry.entries("submissions", SUBMISSION):
        way = inner.one_of("way", Way)
        if any(way is submission.way for submission in found) and "way" in inner.values:
            inner.wrong("way", f"the way {way.value} occurs twice", "put its times and fees into one")
        times = tuple(read_time(time, cases) for time in inner.entries("times", TIME))
        fees = tuple(read_fee(fee, cases) for fee in inner.entries("fees", FEE))
        found.append(Submission(way, times, fees, inner.maybe_text("note")))
    return tuple(found)


def read_time(entry: Entry, cases: set[str]) -> ProcessingTime:
    unit = entry.one_of("unit", TimeUnit)
    amount, least = entry.number("amount", least=1), entry.number("least", least=1)
    if unit is TimeUnit.SAME_DAY and "amount" in entry.values:
        entry.wrong("amount", "same_day has no amount", "leave amount out")
    if unit is not TimeUnit.SAME_DAY and "amount" not in entry.values:
        entry.wrong("unit", f"{unit.value} without amount", "add amount, or leave the line out")
    if least is not None and amount is not None and least >= amount:
        entry.wrong("least", f"least {least} is not less than amount {amount}", "amount is the longest time")
    return ProcessingTime(unit, amount, least, _case(entry, cases), entry.maybe_text("note"), *_effective(entry))


def read_fee(entry: Entry, cases: set[str]) -> Fee:
    amount = entry.number("amount", least=0)
    if "amount" not in entry.values and "note" not in entry.values:
        entry.wrong("what", "a fee without amount or note", "note who sets it")
    case, note = _case(entry, cases), entry.maybe_text("note")
    return Fee(entry.text("what"), amount, entry.maybe_text("per"), case, note, *_effective(entry))


def _case(entry: Entry, cases: set[str]) -> str | None:
    key = entry.maybe_text("case")
    if key is not None and key not in cases:
        entry.wrong("case", f"case {key} refers to nothing", f"the cases are {', '.join(sorted(cases)) or 'missing'}")
    return key
