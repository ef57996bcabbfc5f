"""What goes over the wire between us and the one-stop system: replies to look-ups, signed pushes. Pure.

A reply is ``{"error_code": "00", "result": [row, ...]}``. Gateways in between wrap it: the whole reply as a JSON text,
or ``{"message": "<JSON text>"}``, or ``result`` as a JSON text; all of these are understood.
A push is ``{"service": "DongBoHoSoMC" | "CapNhatTienDoHoSoMC", "data": [row, ...]}`` with the header
``X-Onestop-Signature: sha256=<hex HMAC-SHA-256 of the raw body>``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import orjson
from msgspec import Struct

from onestop.code import DossierCode
from onestop.dossier import LONG_AGO, Dossier, Progress
from onestop.rows import BadRow, read_dossier, read_progress
from onestop.status_map import NATIONAL, StatusMap

SIGNATURE_HEADER = "X-Onestop-Signature"
READERS: dict[str, Callable[[object, StatusMap], Dossier | Progress]] = {
    "DongBoHoSoMC": read_dossier,
    "CapNhatTienDoHoSoMC": read_progress,
}
EXPIRED_WORDS = ("session", "token", "phiên")


class Garbage(ValueError):
    """The reply is not what the one-stop system says; worth another try."""


class SessionExpired(Exception):
    """The one-stop system does not know our session any more."""


class SystemRefused(Exception):
    """The one-stop system answered with an error of its own (``error_code`` other than "00")."""


class BadPush(ValueError):
    """This is not a push of the one-stop system; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Push(Struct, frozen=True):
    """A push as read: its rows in the order sent, and why each row that could not be read was left out."""

    service: str
    rows: tuple[Dossier | Progress, ...]
    bad: tuple[str, ...] = ()


def signature(secret: str, raw: bytes) -> str:
    """The value of the signature header for a body."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def verify(secret: str, raw: bytes, header: str | None) -> bool:
    """Whether the header signs this very body; in constant time. An empty secret verifies nothing."""
    if not secret or header is None:
        return False
    return hmac.compare_digest(signature(secret, raw).encode(), header.strip().lower().encode())


def read_push(raw: bytes, statuses: StatusMap = NATIONAL) -> Push:
    """Read a push's body. Raises BadPush where the envelope is wrong; single bad rows are left out and named.

    ``statuses``: what the system means by its statuses.
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadPush("not JSON") from None
    if not isinstance(body, dict):
        raise BadPush("not an object")
    service, data = body.get("service"), body.get("data")
    if not isinstance(service, str) or service not in READERS:
        raise BadPush(f"service is none of {', '.join(READERS)}")
    if not isinstance(data, list):
        raise BadPush("data is not a list")
    rows: list[Dossier | Progress] = []
    bad: list[str] = []
    for number, row in enumerate(data, 1):
        try:
            rows.append(READERS[service](row, statuses))
        except BadRow as error:
            bad.append(f"row {number}: {error.reason}")
    return Push(service, tuple(rows), tuple(bad))


def read_reply(raw: bytes) -> list[object]:
    """The rows of a reply. Raises Garbage, SessionExpired or SystemRefused."""
    envelope = _unwrap(raw)
    code = str(envelope.get("error_code", "")).strip()
    if code == "":
        raise Garbage("a reply without error_code")
    if code != "00":
        said = str(envelope.get("error_message") or envelope.get("message") or "").lower()
        if code == "401" or any(word in said for word in EXPIRED_WORDS):
            raise SessionExpired(f"error_code {code}")
        raise SystemRefused(f"error_code {code}")
    result = envelope.get("result")
    if isinstance(result, str):
        result = _loads(result) if result.strip() else []
    if result is None:
        return []
    if isinstance(result, dict):
        return [result]
    if not isinstance(result, list):
        raise Garbage("result is not a list")
    return result


def choose(code: DossierCode, rows: list[object], statuses: StatusMap = NATIONAL) -> Dossier | None:
    """The row of the dossier that was asked for, the newest where there are several; never another's.

    Raises Garbage where there are rows, but none can be read as a dossier.
    """
    dossiers: list[Dossier] = []
    reasons: list[str] = []
    for row in rows:
        try:
            dossiers.append(read_dossier(row, statuses))
        except BadRow as error:
            reasons.append(error.reason)
    if reasons and not dossiers:
        raise Garbage(reasons[0])
    asked = [dossier for dossier in dossiers if dossier.code == code]
    return max(asked, key=lambda dossier: dossier.own_time or LONG_AGO, default=None)


def _unwrap(raw: bytes) -> dict[str, object]:
    body = _loads(raw)
    for _ in range(3):
        if isinstance(body, str):
            body = _loads(body)
        elif isinstance(body, dict) and "error_code" not in body and isinstance(body.get("message"), str):
            body = _loads(str(body["message"]))
        else:
            break
    if not isinstance(body, dict):
        raise Garbage("a reply that is not an object")
    return body


def _loads(text: str | bytes) -> object:
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Garbage("not JSON") from None
    return value
