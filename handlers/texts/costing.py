"""What officials read of the money that messages cost."""

from __future__ import annotations

from handlers.desk import Costs, Spent
from handlers.texts.format import number
from handlers.texts.sentences import sentence
from ratings.week import Week


def costs(week: Week, told: Costs, cap: int) -> str:
    """A week's messages, the month beside its ``cap`` (đồng; 0: nothing is bought), what waits."""
    lines = [sentence("costs.week", number=week.number, free=number(told.free), paid=_paid(told.week))]
    if cap:
        left = max(0, cap - told.month.dong)
        lines.append(sentence("costs.month", paid=_paid(told.month), cap=number(cap), left=number(left)))
    else:
        lines.append(sentence("costs.no_cap", paid=_paid(told.month)))
    if told.held:
        lines.append(sentence("costs.held", n=number(told.held)))
    return "\n".join(lines)


def _paid(spent: Spent) -> str:
    return sentence("costs.paid", n=number(spent.messages + spent.templates), dong=number(spent.dong)) + (
        sentence("costs.templates", n=number(spent.templates)) if spent.templates else ""
    )


def nothing_costs() -> str:
    return sentence("costs.nothing")


def other_unit(unit: str) -> str:
    """Only officials of ``unit``, whose account it is, see its costs."""
    return sentence("costs.other_unit", unit=unit)


def label_this_week() -> str:
    return sentence("label.costs_this")


def label_last_week() -> str:
    return sentence("label.costs_last")
