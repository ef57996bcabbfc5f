"""What of a dossier is kept as one JSON text: nothing that is searched for, counted or ordered by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import orjson
from msgspec import Struct

from onestop.dossier import Dossier, Early, FeeDue, Part, Status, Supplement


class Details(Struct):
    """``printed``: the code as the system prints it. ``provisional``: the newest completion still wants its NgayTra.

    ``late_at``: the agency that held it when its day passed, ``told_late``: a reason was written until then.
    ``parts``: the work of each agency on a linked dossier; ``early``: what was said of the whole before they were over.
    """

    printed: str
    agency: str | None = None
    note: str | None = None
    finished_at: datetime | None = None
    supplements: tuple[Supplement, ...] = ()
    fees: tuple[FeeDue, ...] = ()
    provisional: bool = False
    late_at: str | None = None
    told_late: bool = False
    parts: tuple[Part, ...] = ()
    early: Early | None = None

    @classmethod
    def of(cls, dossier: Dossier) -> Details:
        """Those of a dossier as told."""
        return cls(
            dossier.code.printed,
            dossier.agency,
            dossier.note,
            dossier.finished_at,
            dossier.supplements,
            dossier.fees,
            early=dossier.early,
        )

    def dump(self) -> str:
        """As JSON."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def load(cls, text: str) -> Details:
        """From JSON."""
        data: dict[str, Any] = orjson.loads(text)
        return cls(
            printed=data["printed"],
            agency=data["agency"],
            note=data["note"],
            finished_at=_time(data["finished_at"]),
            supplements=tuple(
                Supplement(
                    what=entry["what"],
                    papers=tuple(entry["papers"]),
                    fees=tuple(FeeDue(fee["what"], fee["amount"]) for fee in entry.get("fees", ())),
                    **{name: _time(entry[name]) for name in ("asked_at", "received_at", "due_before", "due_after")},
                )
                for entry in data["supplements"]
            ),
            fees=tuple(FeeDue(entry["what"], entry["amount"]) for entry in data["fees"]),
            provisional=data["provisional"],
            late_at=data.get("late_at"),
            told_late=data.get("told_late", False),
            parts=tuple(_part(entry) for entry in data.get("parts", ())),
            early=_early(data.get("early")),
        )


def _part(entry: dict[str, Any]) -> Part:
    times = {name: _time(entry[name]) for name in ("due", "ended_at", "moved_at")}
    status = None if entry["status"] is None else Status(entry["status"])
    fees = tuple(FeeDue(fee["what"], fee["amount"]) for fee in entry["fees"])
    return Part(**{**entry, **times, "status": status, "papers": tuple(entry["papers"]), "fees": fees})


def _early(entry: dict[str, Any] | None) -> Early | None:
    if entry is None:
        return None
    return Early(Status(entry["status"]), datetime.fromisoformat(entry["at"]), _time(entry["done_at"]))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
