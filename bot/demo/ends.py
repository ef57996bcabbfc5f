"""What the fictional province's desks ended without a result: some refused, fewer withdrawn, hardly any stopped. Pure.

Beside ``demo_life.py`` and with chances of their own, so that no story there changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

from bot.demo.life import ANSWER, Desk, Done, Said
from onestop.dossier import Status
from onestop.mock.mix import MIX
from ratings.week import Week

ENDED = ((Status.REJECTED, 0.02), (Status.WITHDRAWN, 0.012), (Status.STOPPED, 0.003))
"""Of so many dossiers that are no certified copies."""
FOLLOWED = 0.55
"""Above what is followed otherwise, so that a quarter of a ward has enough answers to be told of."""
STARS = ((5, 30), (4, 30), (3, 18), (2, 12), (1, 10))
"""What people say of how they were guided: less than those who got what they came for."""
REASONS = {True: ("clear", "friendly"), False: ("unclear", "extra_papers", "back_and_forth")}


def ends(desks: Sequence[Desk], weeks: Sequence[Week], seed: int) -> Iterator[Done]:
    """Everything that ended so in these weeks, a week after another in each unit."""
    for desk in desks:
        chance = Random(f"{seed}/{desk.code}/ends")
        for week in weeks:
            for ended, share in ENDED:
                expected = share * (desk.weekly - desk.certified)
                many = int(expected) + (chance.random() < expected % 1)
                yield from (_end(desk, week, ended, chance) for _ in range(many))


def _end(desk: Desk, week: Week, ended: Status, chance: Random) -> Done:
    procedure = chance.choices(MIX, [line.share for line in MIX])[0]
    at = week.start + timedelta(days=chance.randrange(5), hours=chance.choice((8, 9, 10, 14, 15)) + chance.random())
    done = Done(desk.code, procedure, at, at + timedelta(days=1), ended=ended)
    if chance.random() >= FOLLOWED:
        return done
    asked = at + timedelta(hours=chance.uniform(2, 20))
    said = None
    if chance.random() < ANSWER:
        stars = chance.choices([stars for stars, _ in STARS], [weight for _, weight in STARS])[0]
        reasons = (chance.choice(REASONS[stars >= 4]),) if chance.random() < 0.6 else ()
        said = Said(asked + timedelta(minutes=chance.uniform(1, 600)), stars, reasons)
    return Done(desk.code, procedure, at, done.due_at, asked, said=said, ended=ended)
