"""What guessing four digits can reach in a day under the limits: the figures of docs/operating.md. Pure.

``make guessing`` prints them. The limits are those of ``handlers.dossiers.limiting``.
"""

from __future__ import annotations

from msgspec import Struct

from handlers.dossiers.limiting import LIMITS, MISSES_OF_CODE

DIGITS = 10_000
"""Values of four digits: one try in so many is right."""
_HOURS = 24


class Attack(Struct, frozen=True):
    """Chats that guess from some addresses, as evenly as they can, over codes that follow one another."""

    chats: int
    addresses: int
    codes: int

    @property
    def tries(self) -> int:
        """Wrong tries that the limits allow in a day: of the chats, of their addresses, of the codes, the fewest."""
        hour, day = LIMITS
        of_chats = self.chats * min(day.of_chat, hour.of_chat * _HOURS)
        of_addresses = self.addresses * min(day.of_address, hour.of_address * _HOURS)
        return min(of_chats, of_addresses, self.codes * MISSES_OF_CODE)

    @property
    def hits(self) -> float:
        """Right guesses to expect of them."""
        return self.tries / DIGITS


SHOWN = (
    Attack(1, 1, 100_000),
    Attack(1000, 1, 100_000),
    Attack(1000, 1000, 100_000),
    Attack(10_000, 1000, 100_000),
    Attack(10_000, 1000, 1),
)


def table() -> tuple[str, ...]:
    """The rows of the docs' table, without its head."""
    return tuple(
        f"| {each.chats:,} | {each.addresses:,} | {each.codes:,} | {each.tries:,} | {each.hits:g} |" for each in SHOWN
    )


if __name__ == "__main__":
    print("| chats | addresses | codes | wrong tries a day, at most | right guesses to expect |")
    print("|---|---|---|---|---|")
    print("\n".join(table()))
