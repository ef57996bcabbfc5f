"""What the bundled catalog holds in all: each family with a page, enough ways of asking for each, enough trees.

``families.txt``: the families of a commune's desk and of what is asked most that have a page of their own to take facts
from, one a line, with the codes under which they are listed (levels, provinces).
"""

from __future__ import annotations

from pathlib import Path

from procedures.learning.phrasings import Phrasings
from tests.fakes import catalog

FAMILIES = [frozenset(line.split()) for line in Path(__file__).with_name("families.txt").read_text().splitlines()]
LEAST_FAMILIES, LEAST_WAYS, LEAST_TREES, LEAST_OUTSIDE = 229, 15, 40, 300
LEAST_WAYS_ELSEWHERE = 3
"""Of what this catalog does not hold: enough that a question about it does not go to a neighbour."""


def test_every_family_with_a_page_is_there() -> None:
    bundled = {procedure.code for procedure in catalog()}
    assert len(FAMILIES) == len(set(FAMILIES)) >= LEAST_FAMILIES
    assert [sorted(codes) for codes in FAMILIES if not codes & bundled] == []


def test_every_procedure_and_family_is_asked_for_in_enough_ways() -> None:
    """Ten would do where nothing is alike; nearly everything has something alike, so all have what those need."""
    phrasings = Phrasings.load()
    bundled = {procedure.code: procedure.plain for procedure in catalog()}
    counts = dict.fromkeys(bundled, 0) | {code: len(ways) for code, ways in phrasings.ways.items()}
    named = phrasings.names | bundled
    ours = bundled.keys() | {code for codes in FAMILIES for code in codes}
    least = {code: LEAST_WAYS if code in ours else LEAST_WAYS_ELSEWHERE for code in counts}
    assert [f"{code} {named[code]}: {n} ways" for code, n in counts.items() if n < least[code]] == []
    assert [sorted(codes) for codes in FAMILIES if not codes & counts.keys()] == []
    assert sum(map(len, phrasings.outside.values())) >= LEAST_OUTSIDE


def test_enough_procedures_lead_to_ones_own_case() -> None:
    assert sum(procedure.guide is not None for procedure in catalog()) >= LEAST_TREES
