"""How local values look in the tables: JSON there, values of ``procedures.local`` here."""

from __future__ import annotations

import json
from datetime import date
from enum import Enum
from typing import Any

from msgspec.structs import asdict

from procedures.local import Fact, Value
from procedures.procedure import Fee, ProcessingTime, TimeUnit


def dump_value(value: Value) -> str:
    """A value as JSON: a text, or ``[{"what": …}, …]`` with what is absent left out."""
    return json.dumps(value if isinstance(value, str) else [_plain(line) for line in value], ensure_ascii=False)


def load_value(fact: Fact, text: str) -> Value:
    """What ``dump_value`` wrote. Raises ValueError, KeyError or TypeError where it is none."""
    stored = json.loads(text)
    match fact:
        case Fact.FEE:
            return tuple(_fee(line) for line in stored)
        case Fact.TIME:
            return tuple(_time(line) for line in stored)
        case Fact.WHERE | Fact.NOTE | Fact.WAY:
            return str(stored)


def dump_line(line: Fee | ProcessingTime) -> str:
    """A line that is replaced, as JSON."""
    return json.dumps(_plain(line), ensure_ascii=False)


def load_line(fact: Fact, text: str) -> Fee | ProcessingTime:
    """What ``dump_line`` wrote. Raises ValueError, KeyError or TypeError where it is none."""
    stored = json.loads(text)
    return _fee(stored) if fact is Fact.FEE else _time(stored)


def _plain(line: Fee | ProcessingTime) -> dict[str, Any]:
    return {key: _stored(each) for key, each in asdict(line).items() if each is not None}


def _stored(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case _:
            return value


def _fee(stored: dict[str, Any]) -> Fee:
    return Fee(**{"amount": None, **stored, **_days(stored)})


def _time(stored: dict[str, Any]) -> ProcessingTime:
    return ProcessingTime(**{**stored, **_days(stored), "unit": TimeUnit(stored["unit"])})


def _days(stored: dict[str, Any]) -> dict[str, date]:
    return {key: date.fromisoformat(stored[key]) for key in ("since", "until") if key in stored}
