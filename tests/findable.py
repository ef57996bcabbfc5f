"""The least that the search asks of a procedure, for tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    code: str
    name: str
    plain: str = ""
    aliases: tuple[str, ...] = ()
