"""A procedure as it is for one citizen: the answers of its guide narrow its papers, fees and times. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from procedures.finding.fold import fold
from procedures.guides.guide import Path
from procedures.procedure import Case, Document, Fee, Procedure, ProcessingTime

Line = TypeVar("Line", Fee, ProcessingTime)

SOMETIMES = ("chỉ khi", "nếu", "khi ", "trường hợp", "chỉ trường hợp", "chỉ với")
"""How the note of a paper begins that is not always needed."""


def is_certain(document: Document) -> bool:
    """Whether the paper is needed whatever happens."""
    return document.note is None or not document.note.lower().startswith(SOMETIMES)


def begins(text: str, name: str) -> bool:
    """Whether a paper or a line is the one that a guide names: by how it begins, diacritics aside."""
    return fold(text).startswith(fold(name))


def fee_texts(fee: Fee) -> tuple[str, ...]:
    """What a guide may name a fee by."""
    return fee.what, fee.note or ""


def time_texts(time: ProcessingTime) -> tuple[str, ...]:
    """What a guide may name a time by."""
    return (time.note or "",)


def narrowed(procedure: Procedure, path: Path) -> Procedure:
    """The procedure for who answered so: one case with its papers, and the lines that hold for it.

    What is named and not there (the desk told lines of its own, or hid them) narrows nothing.
    """
    case = next((each for each in procedure.cases if each.key == path.case), procedure.cases[0])
    submissions = tuple(
        replace(
            each,
            fees=_only(_of_case(each.fees, case.key), path.named("fees"), fee_texts),
            times=_only(_of_case(each.times, case.key), path.named("times"), time_texts),
        )
        for each in procedure.submissions
    )
    return replace(procedure, cases=(_papers(case, path),), submissions=submissions)


def _papers(case: Case, path: Path) -> Case:
    """The papers that are left, first those that are needed beyond doubt."""
    without, needs = path.named("without"), path.named("needs")
    left = [each for each in case.documents if not _is_among(each, without)]
    told = [_told(each) if _is_among(each, needs) else each for each in left]
    return replace(case, documents=tuple(sorted(told, key=lambda each: not is_certain(each))))


def _is_among(document: Document, names: tuple[str, ...]) -> bool:
    return any(begins(document.name, name) for name in names)


def _told(document: Document) -> Document:
    """The paper without the clause that said when it is needed: the answers have said it."""
    if is_certain(document):
        return document
    _, _, rest = (document.note or "").partition(";")
    kept = replace(document, note=rest.strip() or None)
    return kept if is_certain(kept) else replace(document, note=None)


def _of_case(lines: tuple[Line, ...], key: str) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.case in (None, key)) or lines


def _only(
    lines: tuple[Line, ...], names: tuple[str, ...], texts: Callable[[Line], tuple[str, ...]]
) -> tuple[Line, ...]:
    found = tuple(line for line in lines if any(begins(text, name) for text in texts(line) for name in names))
    return found or lines
