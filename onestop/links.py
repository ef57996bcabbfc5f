"""Which dossier a part belongs to, in the tables: a part may be told of by its own code alone."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from sqlalchemy import Connection, select

from onestop.book import Entry, Row
from onestop.code import DossierCode
from onestop.dossier import Dossier
from storage.statement import upsert
from storage.tables import parts

CHUNK = 400


def wholes(connection: Connection, rows: Sequence[Row], known: Container[str]) -> dict[str, DossierCode]:
    """The whole of each row (its canonical code) that is about a part.

    By the row's own word, by the list of a whole that came with it, or by what was told before. A code that is
    ``known`` as a dossier of its own stays one, unless its row says otherwise.
    """
    found: dict[str, DossierCode] = {}
    codes = {row.code.canonical for row in rows}
    for row in rows:
        if isinstance(row, Dossier) and row.whole is not None:
            found[row.code.canonical] = row.whole
        elif isinstance(row, Dossier):
            listed = {part.code for part in row.parts if part.code in codes and part.code not in known}
            found |= {code: row.code for code in listed if code is not None and code != row.code.canonical}
    unknown = sorted(code for code in codes if code not in known and code not in found)
    for first in range(0, len(unknown), CHUNK):
        named = parts.c.code.in_(unknown[first : first + CHUNK])
        for code, whole in connection.execute(select(parts.c.code, parts.c.dossier).where(named)):
            found[code] = DossierCode.parse(whole)
    return found


def write(connection: Connection, entries: Iterable[Entry]) -> None:
    """Note the codes of the parts that were told of."""
    lines = [
        {"code": part.code, "dossier": entry.code}
        for entry in entries
        if entry.part_changes
        for part in entry.details.parts
        if part.code is not None and part.code != entry.code
    ]
    if lines:
        connection.execute(upsert(connection.dialect.name, parts).on_conflict_do_nothing(), lines)
