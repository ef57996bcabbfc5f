"""How soon the unit that goes wrong calls for a look, and how often the others do without a cause.

    python -m benchmarks.alarms [SEEDS]

Twenty-six weeks of the fictional province are lived SEEDS times (200). In one unit, land dossiers go wrong in the
fourteenth week: of how many lives is it told within ten weeks? How many of the others' twenty-six weeks hold a call?
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bot.commands.demo import desks, weeks_until
from bot.demo.life import WEEKS, Desk, life, records_of
from offices.unit import DATA, Offices
from onestop.mock.mix import LAND
from ratings.records import RatingRecord
from ratings.watch import ALL_WORK, ONE_FIELD, by_field, follow, is_certified
from ratings.week import Week

LAST = Week(2026, 46)
WRONG_UNIT, WRONG_FROM, TOLD_BY = "H99.02", 13, 23
OTHERS_OF = 10
"""The others are lived once for so many lives of the unit that goes wrong: there are eleven of them."""


def calls(desk: Desk, weeks: Sequence[Week], seed: int) -> dict[int, set[str]]:
    """The weeks (from 0) in which a unit calls for a look, with the fields; "" is all work but certified copies."""
    answers = records_of(life([desk], weeks, seed)).ratings
    series: dict[str, list[RatingRecord]] = {"": [a for a in answers if not is_certified(a.field)], **by_field(answers)}
    places = {week.last_day: index for index, week in enumerate(weeks)}
    found: dict[int, set[str]] = {}
    for name, mine in series.items():
        for day, stand in follow(mine, ONE_FIELD if name else ALL_WORK).items():
            if stand.alarm and day in places:
                found.setdefault(places[day], set()).add(name)
    return found


def main(seeds: int) -> None:
    weeks = weeks_until(LAST, WEEKS)
    everybody = desks(Offices.load([DATA / "lam-chau.yaml"]))
    wrong = next(desk for desk in everybody if desk.code == WRONG_UNIT)
    told = early = others = lived = 0
    for seed in range(seeds):
        found = calls(wrong, weeks, seed)
        told += any(WRONG_FROM <= index <= TOLD_BY and {LAND, ""} & names for index, names in found.items())
        early += any(index < WRONG_FROM for index in found)
        if seed % OTHERS_OF == 0:
            for desk in everybody:
                if desk is not wrong:
                    others += bool(calls(desk, weeks, seed))
                    lived += 1
    print(f"lives: {seeds}")
    print(f"told by {weeks[TOLD_BY]}: {told / seeds:.3f}; called before {weeks[WRONG_FROM]}: {early / seeds:.3f}")
    print(f"other units with a call in 26 weeks: {others}/{lived} = {others / lived:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
