"""ZBS template messages by user id: what is checked before one is taken, and the ratings that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from emulators.zalo_world import Refusal, Sent, World

NIGHT = (22, 6)
LONGEST_VALUE = 30
VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it was approved: which parameters it wants; ``scale`` of a rating template, else None."""

    id: str
    wants: frozenset[str]
    scale: str | None = None
    approved: bool = True


RATING = Template("tpl_rate", frozenset({"ma_ho_so"}), "five_stars")
STATUS = Template("tpl_status", frozenset({"ma_ho_so"}))


class Templates:
    """``get`` and ``post``: which methods ``rating/get`` takes; the documents disagree."""

    def __init__(self, world: World) -> None:
        self.known = {template.id: template for template in (RATING, STATUS)}
        self.methods = frozenset({"GET", "POST"})
        self.ratings: list[dict[str, Any]] = []
        self._world = world
        self._of: dict[str, Template] = {}

    def by_user(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """``/v3.0/oa/message/template``; the reply's ``data``. Raises Refusal."""
        template = self.known.get(str(body.get("template_id")))
        if template is None:
            raise Refusal(-249, "Template cannot be sent by user id")
        if not template.approved:
            raise Refusal(-131, "Template is not approved")
        person = self._world.people.get(str(body.get("user_id")))
        if person is None:
            raise Refusal(-201, "user_id is invalid!")
        data = body.get("template_data")
        if not isinstance(data, dict) or set(data) != template.wants:
            raise Refusal(-1122, "template_data is missing a parameter")
        if any(not isinstance(value, str) or not 0 < len(value) <= LONGEST_VALUE for value in data.values()):
            raise Refusal(-1121, "template_data is too long")
        hour = datetime.fromtimestamp(self._world.clock.now(), UTC).astimezone(VIETNAM).hour
        if hour >= NIGHT[0] or hour < NIGHT[1]:
            raise Refusal(-234, "Templates are not sent at night")
        if person.blocked:
            raise Refusal(-244, "User has restricted this type of message from the OA")
        message = self._world.next_id("z")
        self._of[message] = template
        text = " · ".join(str(value) for value in data.values())
        self._world.sends.append(Sent(person.id, message, text, "template", quota="template", template=dict(body)))
        person.seen.append({"from": "oa", "id": message, "text": f"[{template.id}] {text}", "buttons": []})
        return {"message_id": message, "user_id": person.id, "sent_time": str(int(self._world.clock.now() * 1000))}

    def rate(self, message: str, stars: int, note: str = "") -> dict[str, Any]:
        """A citizen answers a rating template: the ``message`` of ``user_feedback``. Raises KeyError."""
        template, now = self._of[message], str(int(self._world.clock.now() * 1000))
        self.ratings.append(
            {"msgId": message, "oaId": self._world.oa_id, "rate": stars, "note": note, "feedbacks": [],
             "submitDate": now, "template": template.id}
        )  # fmt: skip
        told = {"msg_id": message, "option": template.scale, "rate": stars, "note": note, "submit_time": now}
        return {**told, "feedbacks": []}

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
