"""The Official Account as it is set up, and what is remembered of its citizens beside their conversations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from channels.zalo_letters import PhoneForm, Shape
from handlers.messages import Chat


class Contacts(Protocol):
    """What is remembered of citizens on this channel, on disk, besides their conversation."""

    async def load(self) -> None:
        """Read where the machine has to be quiet, at the start."""
        ...

    def heard(self, chat: Chat, at: datetime) -> None:
        """They wrote, tapped or followed: the window is open from ``at``."""
        ...

    def taken_over(self, chat: Chat, until: datetime) -> None:
        """An official talks with them."""
        ...

    def gave_phone(self, chat: Chat, hashed: str) -> None:
        """They filled in the form for a phone (``hash_phone``)."""
        ...

    def quiet_until(self, chat: Chat) -> datetime | None:
        """Until when the machine is quiet in this chat, as far as it is told to be."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """The Official Account and how its webhook is signed. ``signed_with``: which id stands first in the signature;
    "either" takes both and counts which one matched. ``secret``: the OA secret key, not the app's. ``form``: asks for a
    phone; None: no phone is asked for. ``rating_opens``: Zalo counts an answer to a rating template as a word of the
    citizen."""

    app_id: str
    oa_id: str
    secret: str = field(repr=False)
    signed_with: Literal["app_id", "oa_id", "either"] = "app_id"
    buttons: Shape = "plain"
    quiet: timedelta = timedelta(minutes=30)
    form: PhoneForm | None = None
    rating_opens: bool = False

    @property
    def first_terms(self) -> Mapping[str, str]:
        """Name and value of what may stand first in the signature."""
        both = {"app_id": self.app_id, "oa_id": self.oa_id}
        return both if self.signed_with == "either" else {self.signed_with: both[self.signed_with]}
