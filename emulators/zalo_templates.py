"""ZBS template messages by user id and by phone: what is checked before one is taken, and the ratings of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from emulators.zalo_world import Person, Refusal, Sent, World

NIGHT = (22, 6)
LONGEST_VALUE = 30
RATE = "rate"
"""What the page calls the stars of a rating template; no button of Zalo's."""
VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it was approved: which parameters it wants; ``scale`` of a rating template, else None."""

    id: str
    wants: frozenset[str]
    scale: str | None = None
    approved: bool = True
    by_user: bool = True


RATING = Template("tpl_rate", frozenset({"ma_ho_so"}), "five_stars")
STATUS = Template("tpl_status", frozenset({"ma_ho_so"}))


class Templates:
    """``get`` and ``post``: which methods ``rating/get`` takes; the documents disagree."""

    def __init__(self, world: World) -> None:
        self.known = {template.id: template for template in (RATING, STATUS)}
        self.methods = frozenset({"GET", "POST"})
        self.ratings: list[dict[str, Any]] = []
        self.night = NIGHT
        """From which hour of Vietnam to which none is sent."""
        self.administrators: set[str] = set()
        """User ids that templates may be tried on in development mode, approved or not."""
        self._world = world
        self._of: dict[str, Template] = {}
        self._tracked: dict[str, str] = {}

    def by_user(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """``/v3.0/oa/message/template``; the reply's ``data``. Raises Refusal."""
        template = self.known.get(str(body.get("template_id")))
        if template is None or not template.by_user:
            raise Refusal(-249, "Template cannot be sent by user id")
        person = self._world.people.get(str(body.get("user_id")))
        if person is None:
            raise Refusal(-201, "user_id is invalid!")
        self._check(template, body, person, -234)
        if person.blocked:
            raise Refusal(-244, "User has restricted this type of message from the OA")
        message = self._take(template, person, body)
        return {"message_id": message, "user_id": person.id, "sent_time": self._stamp()}

    def by_phone(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """``/message/template`` and ``…/hashphone`` of the business host; the reply's ``data``. Raises Refusal."""
        template = self.known.get(str(body.get("template_id")))
        if template is None:
            raise Refusal(-109, "Template ID invalid")
        tracking = body.get("tracking_id")
        if not isinstance(tracking, str) or not re.fullmatch("[A-Za-z0-9]{1,48}", tracking):
            raise Refusal(-1124, "tracking_id is invalid")
        person = self._of_phone(body)
        self._check(template, body, person, -133)
        if person.blocked:
            raise Refusal(-139, "User refuses to receive this type of message")
        message = self._take(template, person, body)
        self._tracked[message] = tracking
        quota = {"dailyQuota": "500", "remainingQuota": "499"}
        return {"msg_id": message, "sent_time": self._stamp(), "sending_mode": "1", "quota": quota}

    def _of_phone(self, body: Mapping[str, Any]) -> Person:
        hashed, phone = body.get("hash_phone"), body.get("phone")
        if isinstance(phone, str) and re.fullmatch(r"84\d{9}", phone):
            hashed = hashlib.sha256(phone.encode()).hexdigest()
        if not isinstance(hashed, str) or not re.fullmatch("[0-9a-f]{64}", hashed):
            raise Refusal(-108, "Phone number is invalid")
        for person in self._world.people.values():
            if hashlib.sha256(person.phone.encode()).hexdigest() == hashed:
                return person
        raise Refusal(-118, "Zalo account not existed")

    def _check(self, template: Template, body: Mapping[str, Any], person: Person, night: int) -> None:
        if body.get("mode") == "development":
            if person.id not in self.administrators:
                raise Refusal(-127, "In development mode templates go to administrators only")
        elif not template.approved:
            raise Refusal(-131, "Template is not approved")
        data = body.get("template_data")
        if not isinstance(data, dict) or set(data) != template.wants:
            raise Refusal(-1122, "template_data is missing a parameter")
        if any(not isinstance(value, str) or not 0 < len(value) <= LONGEST_VALUE for value in data.values()):
            raise Refusal(-1121, "template_data is too long")
        hour = datetime.fromtimestamp(self._world.clock.now(), UTC).astimezone(VIETNAM).hour
        begins, ends = self.night
        if hour >= begins or hour < ends if begins > ends else begins <= hour < ends:
            raise Refusal(night, "Templates are not sent at night")

    def _take(self, template: Template, person: Person, body: Mapping[str, Any]) -> str:
        message = self._world.next_id("z")
        self._of[message] = template
        text = " · ".join(str(value) for value in body["template_data"].values())
        self._world.sends.append(Sent(person.id, message, text, "template", quota="template", template=dict(body)))
        stars = [{"label": f"{n} ★", "data": str(n), "type": RATE} for n in range(1, 6)] if template.scale else []
        person.seen.append({"from": "oa", "id": message, "text": f"[{template.id}] {text}", "buttons": stars})
        return message

    def _stamp(self) -> str:
        return str(int(self._world.clock.now() * 1000))

    def rate(self, message: str, stars: int, note: str = "") -> dict[str, Any]:
        """A citizen answers a rating template: the ``message`` of ``user_feedback``. Raises KeyError."""
        template, now, tracking = self._of[message], self._stamp(), self._tracked.get(message, "")
        self.ratings.append(
            {"msgId": message, "trackingId": tracking, "oaId": self._world.oa_id, "rate": stars, "note": note,
             "feedbacks": [], "submitDate": now, "template": template.id}
        )  # fmt: skip
        told = {"msg_id": message, "option": template.scale, "rate": stars, "note": note, "submit_time": now}
        return {**told, "tracking_id": tracking, "feedbacks": []}

    def get(self, method: str, query: Mapping[str, str]) -> dict[str, Any]:
        """``/rating/get``; the reply's ``data``. Raises Refusal."""
        if method not in self.methods:
            raise Refusal(-106, "Method is unsupported")
        first, count = int(query.get("offset", "0")), int(query.get("limit", "0"))
        since, until = int(query.get("from_time", "0")), int(query.get("to_time", "0"))
        found = [
            {name: value for name, value in rating.items() if name != "template"}
            for rating in self.ratings
            if rating["template"] == query.get("template_id") and since <= int(rating["submitDate"]) <= until
        ]
        return {"total": len(found), "data": found[first : first + count]}
