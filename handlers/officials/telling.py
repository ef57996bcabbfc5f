"""What an official is told unasked: in its own time, while the office lasts, never in the middle of something."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Set

from handlers.desk import Conversation, Desk, Later, Official, Step
from handlers.messages import Incoming
from handlers.rated.inviting import waits


async def tell(
    conversation: Conversation,
    incoming: Incoming,
    desk: Desk,
    *,
    name: str,
    now: object,
    roles: Set[str] | None,
    said: Callable[[Official], Awaitable[Step | None]],
) -> Step | Later | None:
    """What the event ``name:<unit>:<when>`` tells (``said``) to who holds one of ``roles`` (None: any) in that unit.

    Silent once ``when`` is not what ``str(now)`` says, to who is no such official any more, and where ``said`` is None;
    None where it is another event.
    """
    begins, _, when = incoming.id.rpartition(":")
    if not begins.startswith(f"{name}:"):
        return None
    unit, silent = begins.removeprefix(f"{name}:"), Step(conversation.state)
    held = (each for each in await desk.records.officials() if each.unit == unit)
    official = next((each for each in held if roles is None or each.role in roles), None)
    if official is None or when != str(now):
        return silent
    return waits(conversation, desk) or await said(official) or silent
