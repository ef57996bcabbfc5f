"""A new day for an overdue dossier: what the official sees before confirming it, what the citizen is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers.texts.format import day_name, joined, numbered
from handlers.texts.morning import not_yours
from handlers.texts.sentences import sentence
from handlers.texts.tracking import as_of, label

__all__ = ["as_of", "label", "not_yours"]
EXAMPLE_SEVERAL = "hẹn lại hồ sơ trễ ngày 30/11 vì bão"
EXAMPLE = "hẹn lại H99.07-261116-0012 ngày 30/11 vì chờ đo đạc"


def how() -> str:
    return sentence("extend.how", example=EXAMPLE)


def nothing_to_extend(code: str) -> str:
    return sentence("extend.nothing", code=code)


def too_early(day: date, due: date, today: date) -> str:
    return sentence("extend.too_early", day=day_name(day, today), due=day_name(due, today))


def too_far(day: date, today: date) -> str:
    return sentence("extend.too_far", day=day_name(day, today))


def no_working_day(day: date, today: date) -> str:
    return sentence("extend.no_working_day", day=day_name(day, today))


def draft(code: str, due: date, day: date, today: date, reason: str | None) -> str:
    """What will be told once it is confirmed."""
    return sentence(
        "extend.draft", code=code, due=day_name(due, today), day=day_name(day, today), reason=_reason(reason)
    )


def how_several() -> str:
    return sentence("extend.how_several", example=EXAMPLE_SEVERAL)


def none_late() -> str:
    return sentence("extend.none_late")


def draft_several(
    dossiers: Sequence[tuple[str, date]],
    day: date,
    today: date,
    reason: str | None,
    left_out: Sequence[str],
    more: int,
) -> str:
    """What will be told of each (code, due day) once it is confirmed; ``more``: those of another message."""
    head = sentence("extend.draft_several", n=len(dossiers), day=day_name(day, today), reason=_reason(reason))
    lines = numbered(sentence("extend.draft_line", code=code, due=day_name(due, today)) for code, due in dossiers)
    rest = [sentence("extend.left_out", codes=joined(left_out))] if left_out else []
    rest += [sentence("extend.more", n=more)] if more else []
    return "\n".join([head, lines, *rest, sentence("extend.nobody_told")])


def confirmed_several(n: int, day: date, today: date, left_out: Sequence[str]) -> str:
    said = sentence("extend.confirmed_several", n=n, day=day_name(day, today))
    return f"{said}\n{sentence('extend.left_out_old', codes=joined(left_out))}" if left_out else said


def no_draft_left() -> str:
    return sentence("extend.no_draft_left")


def hint_several() -> str:
    """Below a long list of late dossiers."""
    return sentence("extend.hint_several", example=EXAMPLE_SEVERAL)


def new_day(day: date, today: date) -> str:
    """In an official's list: what was promised already."""
    return sentence("extend.new_day" if day >= today else "extend.new_day_past", day=day_name(day, today))


def confirmed(code: str, day: date, today: date) -> str:
    return sentence("extend.confirmed", code=code, day=day_name(day, today))


def confirmed_already(code: str, day: date, today: date) -> str:
    return sentence("extend.already", code=code, day=day_name(day, today))


def no_draft() -> str:
    return sentence("extend.no_draft")


def draft_is_old(code: str) -> str:
    return sentence("extend.old", code=code)


def printed(code: str) -> str:
    """With the PDF."""
    return sentence("extend.printed", code=code)


def editable() -> str:
    """With the DOCX."""
    return sentence("extend.editable")


def news(code: str, name: str, day: date, today: date, reason: str | None) -> str:
    """To a follower: the apology, the new day, the reason."""
    return sentence("extend.news", code=code, name=name, day=day_name(day, today), reason=_reason(reason))


def promised(day: date, today: date, reason: str | None) -> str:
    """In the answer to a look-up; a day that is past too is said to be."""
    which = "extend.promised" if day >= today else "extend.promised_past"
    return sentence(which, day=day_name(day, today), reason=_reason(reason))


def _reason(reason: str | None) -> str:
    return (reason or sentence("status.reason_none")).rstrip(" .")
