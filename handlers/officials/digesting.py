"""Whose digest an official may read, and the digest read: the first one after its books closed is kept ever after."""

from __future__ import annotations

from handlers.desk import Desk, Official
from handlers.effects import Audited, Locked
from handlers.naming import national
from offices.unit import Unit
from procedures.catalog import Catalog
from ratings.digest import Digest, until_closed
from ratings.naming import NameOf, with_names
from ratings.period import Span
from ratings.reports.document import dump
from ratings.reports.units import Named
from ratings.rollup import kept_as

OVER_UNITS = frozenset({"province", "auditor", "readonly"})
"""Roles that, given in a province, read its communes' digests too."""


def readable(desk: Desk, roles: tuple[Official, ...]) -> list[tuple[Unit, Official]]:
    """The units whose digests these roles may read, each once, with the role that allows it."""
    found: dict[str, tuple[Unit, Official]] = {}
    for role in roles:
        own = desk.offices.unit(role.unit)
        below = [unit for unit in desk.offices.units if role.role in OVER_UNITS and unit.parent == own.code]
        for unit in (own, *below):
            found.setdefault(unit.code, (unit, role))
    return list(found.values())


async def read(
    desk: Desk, unit: Unit, official: Official, span: Span, what: str = "digest", detail: str = ""
) -> tuple[Digest, tuple[Audited | Locked, ...]]:
    """The digest up to now, and what reading it writes: a row of the journal, and the kept digest where this is the
    first since the books closed. ``what``, ``detail``: of that row."""
    as_of = min(desk.now, span.close)
    below = desk.offices.below(unit.code) if official.role in OVER_UNITS and official.unit == unit.code else ()
    made = await desk.records.digest(unit.code, span, as_of, below or None, desk.offices.likes(unit.code))
    digest = with_names(until_closed(made), procedure_names(desk.catalog))
    kept = kept_as(unit.code, below or None)
    effects: list[Audited | Locked] = [Audited(official.id, what, unit.code, f"{span} {detail}".rstrip())]
    if desk.now >= span.close and not await desk.records.locked(kept, span):
        effects.append(Locked(kept, str(span), as_of, dump(digest)))
    return digest, tuple(effects)


def procedure_names(catalog: Catalog) -> NameOf:
    """The catalog's short names by code, which fit a line; a province's variant has the national one's."""

    def name_of(code: str) -> str | None:
        procedure = national(code, catalog)
        return None if procedure is None else procedure.plain

    return name_of


def named(desk: Desk) -> Named:
    """The names of units, for a roll-up."""
    return lambda code: desk.offices.unit(code).name
