"""What citizens say of the machine itself, in the tables: two counts of a unit and a month, no chat and no day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.clock import VIETNAM
from handlers.effects import MachineJudged
from storage.desk_tables import machine_judged
from storage.statement import upsert


def judge(connection: Connection, at: datetime, effect: MachineJudged) -> None:
    """Count one."""
    table, insert = machine_judged.c, upsert(connection.dialect.name, machine_judged)
    counts = {"helped": int(effect.helped), "not_helped": int(not effect.helped)}
    more = {name: table[name] + n for name, n in counts.items()}
    row = insert.values(unit=effect.unit, month=_month(at), **counts)
    connection.execute(row.on_conflict_do_update(index_elements=["unit", "month"], set_=more))


def judged(connection: Connection, units: tuple[str, ...], now: datetime) -> tuple[int, int]:
    """As ``handlers.desk.Records.machine_judged``."""
    table, here = machine_judged.c, now.astimezone(VIETNAM)
    months = (_month(here), _month(here.replace(day=1) - timedelta(days=1)))
    sums = (func.coalesce(func.sum(column), 0) for column in (table.helped, table.not_helped))
    helped, not_helped = connection.execute(select(*sums).where(table.unit.in_(units), table.month.in_(months))).one()
    return int(helped), int(not_helped)


def _month(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m}"
