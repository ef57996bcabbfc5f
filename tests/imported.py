"""A row of a register, whose it is, and every row that the tables then hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storage.engine import Database
from storage.tables import completions, dossiers, movements
from tests.register_files import CODE

OTHER = "H99.07-261116-0008"
PHONE, LAST4, PERSON = "0912344821", "4821", "Nguyễn Văn Thử"
DAY = timedelta(days=1)


def row(code: str = CODE, status: str = "Đang xử lý", returned: str | None = None, phone: str = PHONE) -> Sequence[Any]:
    return (1, code, PERSON, phone, "16/11/2026", "20/11/2026", returned, status)


async def told(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of what was told about dossiers."""
    tables = (dossiers, movements, completions)
    return await database.read(lambda c: {t.name: sorted(map(tuple, c.execute(select(t)))) for t in tables})
