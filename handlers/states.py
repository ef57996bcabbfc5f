"""Where a conversation stands. Each state carries exactly the data known then.

::

    Idle ──code──▶ AsksProof ──right──▶ Idle (follow offered) ──follow──▶ AsksConsent ──yes/no──▶ Idle
     │                 └─wrong─▶ AsksProof
     ├─ invite event ─▶ AsksStars ──"tốt"──▶ AsksSure ──yes──┐
     ├─ a slip's code ─▶ AsksSlip ──yes──▶ AsksStars         │
     │                     └────────── 1…5 ──────────────────┴▶ AsksReasons ─▶ AsksTap ─▶ AsksComment ─▶ Idle
     └─ "xem hồ sơ" ─▶ AsksCode                                          (always skippable)

     ├─ "đặt tên riêng" ─▶ AsksName ──a name──▶ Idle
     ├─ a code of another chat ─▶ AsksJoin ──yes/no──▶ Idle
     └─ an old commune that was split ─▶ AsksPart ──hamlet──▶ Idle

"0", "dừng" and "gặp cán bộ" work in every state. States are stored as ``{"v": 1, "name": …, fields}``; one that
this version does not know loads as ``Idle``.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

VERSION = 1


class Idle(Struct, frozen=True):
    """Nothing is waited for. ``misses``: messages not understood in a row; ``asked``: the known words of a question
    that had no answer yet, so that "Không phải" is known to be about it."""

    misses: int = 0
    asked: str = ""


class AsksCode(Struct, frozen=True):
    """We asked for a dossier's code."""


class AsksProof(Struct, frozen=True):
    """We asked for the last four digits on the receipt; ``printed`` is the code as the citizen's paper shows it."""

    dossier: str
    printed: str


class AsksConsent(Struct, frozen=True):
    """We asked whether to send news of a proved dossier."""

    dossier: str


class AsksSlip(Struct, frozen=True):
    """Eight characters of a slip (their hash) were typed; we asked whether it is to be rated."""

    slip: str


class AsksName(Struct, frozen=True):
    """We asked what the citizen calls a followed dossier."""

    dossier: str


class AsksStars(Struct, frozen=True):
    """We asked for 1–5 on the ``n``-th completion of a dossier; here and below ``dossier`` is the hash of a result
    slip where that is what proves."""

    dossier: str
    n: int


class AsksSure(Struct, frozen=True):
    """The citizen used words; we asked whether they mean ``stars``."""

    dossier: str
    n: int
    stars: int


class AsksReasons(Struct, frozen=True):
    """We asked why; ``chosen`` are the codes of the chips picked so far."""

    dossier: str
    n: int
    stars: int
    chosen: tuple[str, ...] = field(default=())


class AsksTap(Struct, frozen=True):
    """We asked one of the short questions, by its code."""

    dossier: str
    n: int
    stars: int
    tap: str


class AsksComment(Struct, frozen=True):
    """We asked for a word more."""

    dossier: str
    n: int
    stars: int


class AsksMatter(Struct, frozen=True):
    """An official typed a new value; we asked what it is about: the procedure or the unit ("" until known), or the
    line that it replaces.

    ``value`` as typed; ``issued`` and ``since`` are ISO dates, ``since`` and ``issuer`` "" where not said.
    """

    fact: str
    value: str
    document: str
    issued: str
    issuer: str
    since: str
    procedure: str
    unit: str


class AsksJoin(Struct, frozen=True):
    """We asked whether this chat is to be joined with the one that a code (its hash) came from."""

    code: str


class AsksPart(Struct, frozen=True):
    """We asked in which hamlet of a commune that was split (its old name)."""

    old: str


State = (
    Idle
    | AsksCode
    | AsksProof
    | AsksConsent
    | AsksName
    | AsksSlip
    | AsksStars
    | AsksSure
    | AsksReasons
    | AsksTap
    | AsksComment
    | AsksMatter
    | AsksJoin
    | AsksPart
)

_BY_NAME: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *(Idle, AsksCode, AsksProof, AsksConsent, AsksSlip, AsksStars, AsksSure, AsksReasons, AsksComment, AsksMatter),
        *(AsksTap, AsksJoin, AsksPart, AsksName),
    )
}


def dump(state: State) -> dict[str, Any]:
    """The state as plain JSON values."""
    values = {name: getattr(state, name) for name in state.__struct_fields__}
    return {"v": VERSION, "name": type(state).__name__, **values}


def load(stored: Any) -> State:
    """The state that was stored; ``Idle`` for anything this version cannot read."""
    try:
        kind = _BY_NAME[stored["name"]]
        if stored["v"] != VERSION:
            return Idle()
        values = {name: stored[name] for name in kind.__struct_fields__}
        if "chosen" in values:
            values["chosen"] = tuple(values["chosen"])
        state: State = kind(**values)
    except (KeyError, TypeError):
        return Idle()
    return state
