"""What of a dossier is kept as one JSON text: nothing that is searched for, counted or ordered by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from onestop.dossier import Dossier, FeeDue, Supplement


@dataclass(slots=True)
class Details:
    """``printed``: the code as the system prints it. ``provisional``: the newest completion still wants its NgayTra.

    ``late_at``: the agency that held it when its day passed, ``told_late``: a reason was written until then.
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
        )

    def dump(self) -> str:
        """As JSON."""
        return orjson.dumps(self).decode()

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
                    **{name: _time(entry[name]) for name in ("asked_at", "received_at", "due_before", "due_after")},
                )
                for entry in data["supplements"]
            ),
            fees=tuple(FeeDue(entry["what"], entry["amount"]) for entry in data["fees"]),
            provisional=data["provisional"],
            late_at=data.get("late_at"),
            told_late=data.get("told_late", False),
        )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
