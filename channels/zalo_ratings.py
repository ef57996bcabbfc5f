"""Answers of rating templates, asked for once a night: what the webhook has missed comes in so, and only once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from channels.zalo_errors import Host
from channels.zalo_http import ZaloError, ZaloHttp

PATH = "/rating/get"
BACK = timedelta(days=3)
"""So far back every night: three nights may fail."""
PAGE = 1000
MOST_PAGES = 50
WRONG_METHOD = (-106,)
"""The official page says POST, everybody who calls it says GET; whoever is refused one tries the other."""


def ids(told: Any) -> set[str]:
    """By which an answer knows its template."""
    names = ("msg_id", "tracking_id")
    return {str(told.get(name)) for name in names if told.get(name)} if isinstance(told, dict) else set()


async def read_ratings(http: ZaloHttp, token: str, template: str, now: datetime) -> list[Mapping[str, Any]]:
    """All answers to one template in the last days. Raises NotSent, Lost, ZaloError."""
    found: list[Mapping[str, Any]] = []
    span = {"from_time": _millis(now - BACK), "to_time": _millis(now)}
    for page in range(MOST_PAGES):
        query = {"template_id": template, **span, "offset": str(page * PAGE), "limit": str(PAGE)}
        try:
            told = await http.get(Host.BUSINESS, PATH, query, token)
        except ZaloError as error:
            if error.code not in WRONG_METHOD:
                raise
            told = await http.post(Host.BUSINESS, PATH, query, token)
        data = told.get("data")
        rows = data.get("data") if isinstance(data, dict) else None
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        found += rows
        if len(rows) < PAGE:
            return found
    return found


def _millis(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))
