"""A request's body, read only as far as it may be long; and JSON as it comes from outside."""

from __future__ import annotations

import json
from typing import Any

import orjson
from aiohttp import web


async def read_body(request: web.Request, most: int) -> bytes | None:
    """The raw bytes, or None where there are more than ``most``."""
    if request.content_length is not None:
        return None if request.content_length > most else await request.content.read()
    body = bytearray()
    async for chunk in request.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def loads(payload: bytes) -> Any:
    """Parsed JSON, or None. Half characters (lone surrogates), which orjson refuses, are read: one must not hold up
    the hundred updates beside it; they are taken out at the door."""
    try:
        return orjson.loads(payload)
    except ValueError:
        try:
            return json.loads(payload.decode(errors="replace"))
        except (ValueError, RecursionError):
            return None
