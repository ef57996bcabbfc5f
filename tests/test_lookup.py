"""Rows by many keys: found by the index however large the table is, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.engine import ledger, reading
from bot.engine.lookup import MOST, Lookup
from storage.engine import Database
from storage.tables import erasures

ERASED = Lookup(select(erasures.c.who, erasures.c.at), erasures.c.who)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, MOST, MOST + 1, 2 * MOST + 3])
async def test_exactly_the_keys_asked_for_are_found(database: Database, count: int) -> None:
    def work(connection: Connection) -> list[tuple[str, int]]:
        rows = [{"who": f"who {n}", "at": n} for n in range(count + 10)]
        connection.exec_driver_sql("DELETE FROM erasures")
        for row in rows:
            connection.exec_driver_sql(f"INSERT INTO erasures (who, at) VALUES ('{row['who']}', {row['at']})")
        found = ERASED.rows(connection, [(f"who {n}",) for n in range(count)] + [("nobody",)] * (count > 0))
        return [(row.who, row.at) for row in found]

    assert sorted(await database.write(work), key=lambda row: row[1]) == [(f"who {n}", n) for n in range(count)]


@pytest.mark.parametrize("leg", ["sqlite"], indirect=True)
@pytest.mark.parametrize("size", [1, 2, 16, MOST])
@pytest.mark.parametrize(
    ("lookup", "width"),
    [(ledger._KNOWN, 2), (ledger._FENCE, 2), (reading._STANDS, 1), (reading._ERASED, 1)],
    ids=["known", "fence", "stands", "erased"],
)
async def test_no_lookup_of_the_hot_path_reads_a_whole_table(
    database: Database, lookup: Lookup, width: int, size: int
) -> None:
    def plan(connection: Connection) -> list[str]:
        sql = f"EXPLAIN QUERY PLAN {lookup._for(connection.dialect, size)}"
        return [row[3] for row in connection.exec_driver_sql(sql, tuple("x" * width * size))]

    steps = await database.write(plan)
    assert any(step.startswith("SEARCH") for step in steps)
    assert not any(step.startswith("SCAN") for step in steps)
