"""Which dossier a part belongs to, in the tables: a part may be told of by its own code alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from sqlalchemy import Connection, delete, select

from onestop.book import Entry, Row
from onestop.code import DossierCode
from onestop.dossier import Dossier
from storage.statement import upsert
from storage.tables import completions, dossiers, movements, parts

CHUNK = 400


def wholes(connection: Connection, rows: Sequence[Row], own: Set[str]) -> dict[str, DossierCode]:
    """The whole of each row (its canonical code) that is about a part.

    By the row's own word, by the list of a whole that came with it, or by what was told before. A code that is a
    dossier of its ``own`` stays one whatever a list says; where its row names a whole, it was one too early, and goes.
    """
    found = {row.code.canonical: row.whole for row in rows if isinstance(row, Dossier) and row.whole is not None}
    early = sorted(found.keys() & own)
    if early:
        for column in (completions.c.dossier, movements.c.dossier, dossiers.c.code):
            connection.execute(delete(column.table).where(column.in_(early)))
    codes = {row.code.canonical for row in rows}
    for row in rows:
        listed = {part.code for part in row.parts} if isinstance(row, Dossier) else set()
        for code in listed & codes - own - found.keys() - {row.code.canonical}:
            found[str(code)] = row.code
    unknown = sorted(codes - found.keys())
    for first in range(0, len(unknown), CHUNK):
        named = parts.c.code.in_(unknown[first : first + CHUNK])
        for code, whole in connection.execute(select(parts.c.code, parts.c.dossier).where(named)):
            found[code] = DossierCode.parse(whole)
    return found


def write(connection: Connection, entries: Iterable[Entry], own: Set[str]) -> None:
    """Note the codes of the parts that were told of, but for those that are dossiers of their ``own``."""
    lines = [
        {"code": part.code, "dossier": entry.code}
        for entry in entries
        if entry.part_changes
        for part in entry.details.parts
        if part.code is not None and part.code != entry.code and part.code not in own
    ]
    if lines:
        connection.execute(upsert(connection.dialect.name, parts).on_conflict_do_nothing(), lines)
