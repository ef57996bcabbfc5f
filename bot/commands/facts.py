"""``motcua eval facts``: what the whole conversation answers about every procedure, compared with the catalog."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from random import Random

from bot import built
from bot.clock import MachineClock
from bot.config import Settings
from bot.desk import Shelf, Tables, rules
from bot.keys import Keys
from bot.learning.facts_asked import WHO, Report, ask_all
from bot.tables.records import ChatRecords
from handlers.respond import respond
from offices.unit import Offices
from procedures.catalog import Catalog
from ratings.rating import default_instrument
from storage.engine import MEMORY, Database


def run(*, as_json: bool) -> int:
    """0 when every value was said exactly and every question found its procedure, else 1."""
    report = asyncio.run(ask())
    print(json.dumps(report.as_json(), ensure_ascii=False) if as_json else "\n".join(table(report)))
    return 1 if report.wrong or report.lost else 0


async def ask() -> Report:
    """What a desk answers that has nothing of its own: the bundled catalog alone. Raises CatalogError, OSError."""
    folder = Path(os.environ.get("MOTCUA_DATA_DIR", "var"))
    catalog, index, *_ = built.load(built.folder(folder))
    database, clock, settings = Database(MEMORY), MachineClock(), Settings()
    try:
        shelf = Shelf(catalog, index, Offices.of(()), default_instrument(), rules(settings))
        keys = Keys(os.urandom(32))
        records = ChatRecords(database, keys, str(WHO), clock.now(), demo=False)
        tables = Tables(database, keys.phone_key, clock.now)
        desk = shelf.desk(tables, records, clock.now(), Random(0))
        # read anew from the files, so that what was kept between starts is compared as well
        return await ask_all(Catalog.load(), respond, desk)
    finally:
        await database.close()


def table(report: Report) -> list[str]:
    figures = report.as_json()
    return [
        *map(str, report.wrong),
        *(f"not found: {each}" for each in figures["lost"]),
        f"questions     {report.questions}, answered at once {report.direct}, not found {len(report.lost)}",
        f"facet heard   {report.heard} of {report.questions}",
        f"values        {report.values}, exact {report.exact} ({figures['share']}, ≥ {figures['low']})",
    ]
