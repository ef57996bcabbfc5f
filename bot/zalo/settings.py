"""The settings of Zalo, parsed: the Official Account's and the bot's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from bot.parsing import duration, one_of, root, some_of

KINDS = frozenset({"status", "invite", "morning"})
"""Events that may be worth a paid message: news of a dossier, the invitation to rate, the officials' morning list."""


@dataclass(frozen=True, slots=True)
class ZaloSettings:
    """See ``docs/contract.md``. The Official Account is on where ``oa_id`` is set, the bot where ``bot_token`` is."""

    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    oa_id: str = ""
    oa_secret: str = field(default="", repr=False)
    oa_access_token: str = field(default="", repr=False)
    oa_refresh_token: str = field(default="", repr=False)
    redirect_url: str = ""
    pkce_verifier: str = field(default="", repr=False)
    oa_paid: frozenset[str] = frozenset()
    oa_monthly_cap: int = 0
    oa_message_price: int = 0
    oa_template_price: int = 0
    oa_phone_price: int = 0
    oa_phone_image: str = ""
    template_rating: str = ""
    template_status: str = ""
    oa_signed_with: Literal["app_id", "oa_id", "either"] = "app_id"
    oa_buttons: Literal["plain", "template"] = "plain"
    oa_rating_opens: bool = False
    oa_quiet: timedelta = timedelta(minutes=30)
    api_base_url: str = "https://openapi.zalo.me"
    oauth_base_url: str = "https://oauth.zaloapp.com"
    business_base_url: str = "https://business.openapi.zalo.me"
    bot_token: str = field(default="", repr=False)
    bot_mode: Literal["polling", "webhook"] = "polling"
    bot_webhook_secret: str = field(default="", repr=False)
    bot_api_base_url: str = "https://bot-api.zaloplatforms.com"

    @property
    def api_is_zalos(self) -> bool:
        """Whether the API is Zalo's own, no emulator beside us."""
        return urlsplit(self.api_base_url).hostname not in ("127.0.0.1", "localhost")

    @property
    def is_elsewhere(self) -> bool:
        """Whether people write from phones that are not on this machine."""
        ours = ((self.oa_id, self.api_base_url), (self.bot_token, self.bot_api_base_url))
        return any(urlsplit(address).hostname not in ("127.0.0.1", "localhost") for name, address in ours if name)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return tuple(getattr(self, each.name) for each in fields(self) if not each.repr)


NAMES = frozenset(f"ZALO_{each.name.upper()}" for each in fields(ZaloSettings))


def _id(text: str) -> str:
    if not re.fullmatch(r"\d{1,30}", text):
        raise ValueError("wants the number that Zalo's console shows, digits only")
    return text


def _picture(text: str) -> str:
    if not re.fullmatch(r"https://[^\s]+\.(?:png|jpe?g)", text):
        raise ValueError("wants the https address of a PNG or JPEG that Zalo can fetch")
    return text


def _yes(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("wants 0 or 1")
    return text == "1"


def _dong(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError("wants an amount in đồng, digits only, for example 200000")
    return int(text)


def parsers() -> Mapping[str, Callable[[str], Any]]:
    """How each is read, where it is no plain text."""
    return {
        "ZALO_APP_ID": _id,
        "ZALO_OA_ID": _id,
        "ZALO_OA_SIGNED_WITH": one_of("app_id", "oa_id", "either"),
        "ZALO_OA_BUTTONS": one_of("plain", "template"),
        "ZALO_OA_RATING_OPENS": _yes,
        "ZALO_OA_QUIET": duration,
        "ZALO_OA_PAID": some_of(KINDS),
        "ZALO_OA_MONTHLY_CAP": _dong,
        "ZALO_OA_MESSAGE_PRICE": _dong,
        "ZALO_OA_TEMPLATE_PRICE": _dong,
        "ZALO_OA_PHONE_PRICE": _dong,
        "ZALO_OA_PHONE_IMAGE": _picture,
        "ZALO_API_BASE_URL": root,
        "ZALO_OAUTH_BASE_URL": root,
        "ZALO_BUSINESS_BASE_URL": root,
        "ZALO_BOT_MODE": one_of("polling", "webhook"),
        "ZALO_BOT_API_BASE_URL": root,
    }


def contradictions(zalo: ZaloSettings) -> list[str]:
    """What is missing beside what is set."""
    wrong: list[str] = []
    if zalo.oa_id:
        if not zalo.app_id:
            wrong.append("ZALO_APP_ID: the Official Account needs it; developers.zalo.me shows it above the app's name")
        if not zalo.oa_secret:
            wrong.append("ZALO_OA_SECRET: without it no webhook can be told from a forged one; see the Webhook page")
    if (
        zalo.bot_token
        and zalo.bot_mode == "webhook"
        and not re.fullmatch("[A-Za-z0-9_-]{32,256}", zalo.bot_webhook_secret)
    ):
        wrong.append("ZALO_BOT_WEBHOOK_SECRET: webhook mode wants 32 to 256 of A-Z a-z 0-9 _ -: openssl rand -hex 32")
    bought = {"ZALO_OA_PAID": ("ZALO_OA_MESSAGE_PRICE", bool(zalo.oa_paid), zalo.oa_message_price)}
    for name, template in (("RATING", zalo.template_rating), ("STATUS", zalo.template_status)):
        bought[f"ZALO_TEMPLATE_{name}"] = ("ZALO_OA_TEMPLATE_PRICE", bool(template), zalo.oa_template_price)
    bought["ZALO_OA_PHONE_IMAGE"] = ("ZALO_OA_PHONE_PRICE", bool(zalo.oa_phone_image), zalo.oa_phone_price)
    for name, (price, wanted, dong) in bought.items():
        if wanted and not (dong and zalo.oa_monthly_cap):
            wrong.append(f"{name}: nothing is bought without {price} and ZALO_OA_MONTHLY_CAP, in đồng")
    if zalo.oa_phone_image and not (zalo.template_rating or zalo.template_status):
        wrong.append("ZALO_OA_PHONE_IMAGE: a phone is of use for templates only: set ZALO_TEMPLATE_RATING or _STATUS")
    return wrong
