"""What is said when officials note what their desk did."""

from __future__ import annotations

from datetime import date

from handlers.texts.format import full_date, numbered
from handlers.texts.sentences import sentence


def how() -> str:
    return sentence("mend.how")


def which(procedures: tuple[str, ...]) -> str:
    """The procedure is not clear; these may be meant."""
    return sentence("mend.which", options=numbered(procedures)) if procedures else sentence("mend.how")


def noted(what: str, day: date, procedure: str) -> str:
    return sentence("mend.noted", what=what, day=full_date(day), name=procedure)
