"""How often four digits may be tried: for one code, by one chat, from one address. Pure.

The digits have 10,000 values, and codes follow one another, so nothing but these numbers keeps a stranger out. They
are read twice: by the conversation before it looks anything up, and by the writer inside the transaction, so that a
thousand chats that try at once have no more tries than one after the other. Who holds a dossier or follows it, the
receipt's QR and the desk are touched by none of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

MISSES_OF_CODE = 10
"""Wrong tries of one code over all chats; then its phone proves it to nobody new until an official opens it again."""


class Limit(Struct, frozen=True):
    """Wrong tries within some time: of one chat, and of all chats of one address (an IPv6 network is one)."""

    within: timedelta
    of_chat: int
    of_address: int


LIMITS = (Limit(timedelta(hours=1), 5, 40), Limit(timedelta(days=1), 20, 200))
"""The address's are eight and ten times a chat's: a village behind one mobile operator, and the kiosk of a desk with
a thousand look-ups a day of which one in twenty is mistyped, stay below."""
REMEMBERED = max(limit.within for limit in LIMITS)
"""For how long it must be known who tried, and from where."""


class Misses(Struct, frozen=True):
    """Wrong tries: how many ever of the code, and when within ``REMEMBERED``, oldest first, by the chat and from its
    address (none where that is not known)."""

    of_code: int = 0
    of_chat: Sequence[datetime] = ()
    of_address: Sequence[datetime] = ()

    @property
    def closes_code(self) -> bool:
        """Whether the code's phone proof is closed."""
        return self.of_code >= MISSES_OF_CODE

    def waits_until(self, now: datetime) -> datetime | None:
        """When this chat may try again; None: now."""
        until = [
            at
            for limit in LIMITS
            for tries, most in ((self.of_chat, limit.of_chat), (self.of_address, limit.of_address))
            if (at := _open_again(tries, most, limit.within, now)) is not None
        ]
        return max(until, default=None)


def _open_again(tries: Sequence[datetime], most: int, within: timedelta, now: datetime) -> datetime | None:
    """When fewer than ``most`` of these lie within the time before; None where that is so now."""
    counted = tries[bisect_right(tries, now - within) :]
    return counted[-most] + within if len(counted) >= most else None
