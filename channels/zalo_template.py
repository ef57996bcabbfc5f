"""ZBS template messages: by user id, and where a template may not go so, by the phone that its citizen gave.

A template asks for a rating, or says that a dossier has news; its only parameter is ``ma_ho_so``. By phone it goes to
another host, as a hash (which hides a phone from nobody who tries them all), with a tracking id by which the answer
is known again even where the reply to the call was lost.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.channel import Letter, Untold
from channels.zalo_errors import Host, Policy
from channels.zalo_http import ZaloError, ZaloHttp
from channels.zalo_outreach import Outreach
from handlers.messages import Chat

log = logging.getLogger(__name__)
BY_USER = "/v3.0/oa/message/template"
BY_PHONE = "/message/template/hashphone"
TRIED = "THU-NGHIEM"
NOT_BY_USER = -249
"""The template may only go by phone."""
WithToken = Callable[[Callable[[str], Awaitable[Mapping[str, Any]]]], Awaitable[Mapping[str, Any]]]


def hash_phone(phone: str) -> str:
    """What Zalo calls ``hash_phone``: SHA-256 of the number as "84900000001"."""
    return hashlib.sha256(phone.encode()).hexdigest()


def tracking_id(chat: Chat, event: str) -> str:
    """The same for the same event, so that it is known again; letters and digits only, at most 48."""
    return f"t{hashlib.sha256(f'{chat}|{event}'.encode()).hexdigest()[:40]}"


class TemplateSender:
    """Sends an event's template, once."""

    def __init__(self, http: ZaloHttp, outreach: Outreach, with_token: WithToken) -> None:
        self._http = http
        self._outreach = outreach
        self._with_token = with_token
        self.tried: set[str] = set()
        """Ids of templates that were sent to be tried."""

    async def try_out(self, kind: str, *, user: str, phone: str, development: bool) -> str:
        """Send a template to somebody who tries it, by user id or phone ("84900000001"); the id it was given.

        ``development``: not approved yet, to an administrator, free. Raises KeyError where no template of this kind
        is set up; NotSent, Lost, NoToken, ZaloError.
        """
        template = self._outreach.terms.templates[kind]
        body: dict[str, Any] = {"template_id": template, "template_data": {"ma_ho_so": TRIED}}
        if development:
            body["mode"] = "development"
        if user:
            found = await self._post(Host.OA, BY_USER, {"user_id": user, **body})
        else:
            tracking = f"t{secrets.token_hex(20)}"
            found = await self._post(
                Host.BUSINESS, BY_PHONE, {"hash_phone": hash_phone(phone), **body, "tracking_id": tracking}
            )
            self.tried.add(tracking)
        message = str(found.get("message_id") or found.get("msg_id") or "")
        self.tried.add(message)
        if not development:
            self._outreach.bought(by_phone=not user)
        return message

    async def send(self, letter: Letter) -> None:
        """Raises NotSent, Lost, NoToken, ZaloError; Untold where it goes neither by user id nor by phone."""
        template = self._outreach.template(letter)
        if template is None:
            return
        try:
            if template in self._outreach.only_by_phone:
                raise ZaloError(Host.OA, NOT_BY_USER, "known not to go by user id")
            found = await self._post(Host.OA, BY_USER, {"user_id": letter.chat.id, **self._said(letter, template)})
        except ZaloError as error:
            if error.code != NOT_BY_USER:
                raise
            self._outreach.only_by_phone.add(template)
            await self._by_phone(letter, template)
            return
        await self._outreach.taken(letter, found)

    async def _by_phone(self, letter: Letter, template: str) -> None:
        phone = await self._outreach.phone_for(letter.chat)
        if phone is None:
            raise Untold
        tracking = tracking_id(letter.chat, letter.event)
        # Written down before the call: its reply may be lost, and then only this tells what is rated.
        await self._outreach.asking(letter, tracking)
        body = {"hash_phone": phone, **self._said(letter, template), "tracking_id": tracking}
        try:
            found = await self._post(Host.BUSINESS, BY_PHONE, body)
        except ZaloError as error:
            if error.policy is Policy.RECIPIENT:  # a number without Zalo, say: nothing about the chat itself
                log.info("zalo_oa: a template did not reach a phone: %s", error.code)
                self._outreach.wrong_phone(letter.chat)
                raise Untold from None
            raise
        await self._outreach.taken(letter, found, by_phone=True)

    async def _post(self, host: Host, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        found = await self._with_token(lambda token: self._http.post(host, path, body, token))
        data = found.get("data")
        return data if isinstance(data, dict) else {}

    def _said(self, letter: Letter, template: str) -> Mapping[str, Any]:
        return {"template_id": template, "template_data": {"ma_ho_so": self._outreach.dossier_of(letter)}}
