"""The settings: from the environment, then from ``.env``. A wrong or unknown one ends the start and says what to do."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from bot.parsing import duration, one_of, root, some_of
from bot.zalo import settings as zalo_settings
from bot.zalo.settings import ZaloSettings
from channels.web_address import Proxies
from onestop.days.calendar import ContactHours
from ratings.period import CLOSING_DAY, LATEST, MONTH_ENDS

OURS = ("MOTCUA_", "TELEGRAM_", "ZALO_", "ONESTOP_")
CHANNELS = frozenset({"telegram", "zalo_oa", "zalo_bot", "web"})
ALWAYS = "00:00-24:00"
LOOPBACK = ("127.0.0.1", "localhost")


class WrongSetting(Exception):
    """One or more settings cannot be used; each line says which and what to do. ``others``: what could be read."""

    def __init__(self, wrong: Sequence[str], others: Settings) -> None:
        super().__init__("\n".join(wrong))
        self.names = frozenset(line.partition(":")[0] for line in wrong)
        self.others = others


class CannotStart(Exception):
    """The program cannot start; the message is one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, parsed. See ``docs/contract.md``."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    data_dir: Path = Path("var")
    database_url: str = ""
    demo: bool = False
    unit: str = ""
    secret_key: str | None = field(default=None, repr=False)
    invite_delay: tuple[timedelta, timedelta] = (timedelta(hours=2), timedelta(hours=24))
    contact_hours: str = "07:30-11:30,13:30-20:00"
    closing_day: int = CLOSING_DAY
    disable: frozenset[str] = frozenset()
    log_level: str = "INFO"
    metrics_token: str | None = field(default=None, repr=False)
    trusted_proxies: Proxies = field(default_factory=Proxies)
    onestop_base_url: str | None = None
    onestop_secret: str | None = field(default=None, repr=False)
    onestop_token: str | None = field(default=None, repr=False)
    onestop_wait: timedelta = timedelta(seconds=3)
    """How long one question to the one-stop system may take while a citizen waits; twice that with a second try."""
    onestop_poll: int = 30
    """Look-ups a minute of followed dossiers that the backend did not push; 0: none."""
    telegram_bot_token: str | None = field(default=None, repr=False)
    telegram_mode: str = "polling"
    telegram_webhook_secret: str | None = field(default=None, repr=False)
    telegram_webhook_url: str | None = None
    telegram_api_base_url: str = "https://api.telegram.org"
    zalo: ZaloSettings = field(default_factory=ZaloSettings)

    @property
    def url(self) -> str:
        """The database's URL: as set, else SQLite in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'motcua.db'}"

    @property
    def page(self) -> str | None:
        """Where citizens open the chat page, as far as known: as set, else on this machine."""
        if self.public_url is not None:
            return f"{self.public_url}/"
        return f"http://{self.host}:{self.port}/" if self.host in LOOPBACK and self.port else None

    @property
    def files_at(self) -> str | None:
        """Where links to files open. This machine's own address opens nothing on a phone elsewhere, so it counts only
        while Zalo is an emulator beside us, or not set up."""
        return None if self.public_url is None and self.zalo.is_elsewhere else self.page


def _delay(text: str) -> tuple[timedelta, timedelta]:
    least, dash, most = text.partition("-")
    parsed = (duration(least), duration(most)) if dash else (duration(least), duration(least))
    if parsed[0] > parsed[1]:
        raise ValueError("wants the shorter duration first, e.g. 2h-24h")
    return parsed


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("wants 0 or 1")
    return text == "1"


def _wait(text: str) -> timedelta:
    given = duration(text)
    if not timedelta(seconds=1) <= given <= timedelta(minutes=1):
        raise ValueError("wants 1s to 60s")
    return given


def _per_minute(text: str) -> int:
    if not text.isdecimal() or int(text) > 6000:
        raise ValueError("wants look-ups a minute, 0 to 6000")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise ValueError("wants a port from 0 to 65535")
    return int(text)


def _closing_day(text: str) -> int:
    if not text.isdecimal() or not (1 <= int(text) <= LATEST or int(text) == MONTH_ENDS):
        raise ValueError(f"wants a day from 1 to {LATEST}, or {MONTH_ENDS} for the month's last")
    return int(text)


def _hours(text: str) -> str:
    ContactHours.parse(text)
    return text


def _database(text: str) -> str:
    if not text.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise ValueError("wants sqlite+aiosqlite:///PATH or postgresql+asyncpg://USER@HOST/NAME")
    return text


def _secret(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{32,256}", text):
        raise ValueError("wants 32 to 256 of A-Z a-z 0-9 _ -, for example from: openssl rand -hex 32")
    return text


def _token(text: str) -> str:
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]{20,}", text):
        raise ValueError("wants a token as BotFather gives it, 123456:ABC…")
    return text


def _key(text: str) -> str:
    if len(text) < 32:
        raise ValueError("wants at least 32 characters, for example from: openssl rand -hex 32")
    return text


_PARSERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "MOTCUA_HOST": ("host", str),
    "MOTCUA_PORT": ("port", _port),
    "MOTCUA_PUBLIC_URL": ("public_url", root),
    "MOTCUA_DATA_DIR": ("data_dir", Path),
    "MOTCUA_DATABASE_URL": ("database_url", _database),
    "MOTCUA_DEMO": ("demo", _flag),
    "MOTCUA_UNIT": ("unit", str),
    "MOTCUA_SECRET_KEY": ("secret_key", _key),
    "MOTCUA_INVITE_DELAY": ("invite_delay", _delay),
    "MOTCUA_CONTACT_HOURS": ("contact_hours", _hours),
    "MOTCUA_CLOSING_DAY": ("closing_day", _closing_day),
    "MOTCUA_DISABLE": ("disable", some_of(CHANNELS)),
    "MOTCUA_LOG_LEVEL": ("log_level", one_of("DEBUG", "INFO", "WARNING", "ERROR")),
    "MOTCUA_METRICS_TOKEN": ("metrics_token", str),
    "MOTCUA_TRUSTED_PROXIES": ("trusted_proxies", Proxies.parse),
    "ONESTOP_BASE_URL": ("onestop_base_url", root),
    "ONESTOP_SECRET": ("onestop_secret", str),
    "ONESTOP_TOKEN": ("onestop_token", str),
    "ONESTOP_WAIT": ("onestop_wait", _wait),
    "ONESTOP_POLL": ("onestop_poll", _per_minute),
    "TELEGRAM_BOT_TOKEN": ("telegram_bot_token", _token),
    "TELEGRAM_MODE": ("telegram_mode", one_of("polling", "webhook")),
    "TELEGRAM_WEBHOOK_SECRET": ("telegram_webhook_secret", _secret),
    "TELEGRAM_WEBHOOK_URL": ("telegram_webhook_url", root),
    "TELEGRAM_API_BASE_URL": ("telegram_api_base_url", root),
}
_ZALO = zalo_settings.parsers()
ZALO = zalo_settings.NAMES
NAMES = (*_PARSERS, *sorted(ZALO))


def read_settings(environment: Mapping[str, str] | None = None, dotenv: Path | None = Path(".env")) -> Settings:
    """Read, check and complete the settings. Raises WrongSetting with every mistake, a line each."""
    given = dict(_given(os.environ if environment is None else environment, dotenv))
    wrong: list[str] = []
    values: dict[str, Any] = {}
    zalo: dict[str, Any] = {}
    for name, text in given.items():
        if name in ZALO:
            try:
                zalo[name.removeprefix("ZALO_").lower()] = _ZALO.get(name, str)(text)
            except ValueError as error:
                wrong.append(f"{name}: {error}")
        elif name not in _PARSERS:
            near = difflib.get_close_matches(name, NAMES, 1)
            hint = f", did you mean {near[0]}?" if near else "; see .env.example for the names"
            wrong.append(f"{name}: unknown setting{hint}")
        else:
            attribute, parse = _PARSERS[name]
            try:
                values[attribute] = parse(text)
            except ValueError as error:
                wrong.append(f"{name}: {error}")
    settings = _completed({**values, "zalo": ZaloSettings(**zalo)})
    named = {line.partition(":")[0] for line in wrong}
    wrong += [line for line in _contradictions(settings) if line.partition(":")[0] not in named]
    if wrong:
        raise WrongSetting(wrong, settings)
    return settings


def _given(environment: Mapping[str, str], dotenv: Path | None) -> Mapping[str, str]:
    stored = dotenv_values(dotenv) if dotenv is not None and dotenv.is_file() else {}
    merged = {**{k: v for k, v in stored.items() if v is not None}, **environment}
    return {name: text for name, text in merged.items() if name.startswith(OURS) and text != ""}


def _completed(values: dict[str, Any]) -> Settings:
    if values.get("demo"):
        # a newcomer sees an invitation within the minute, at whatever hour
        values.setdefault("invite_delay", (timedelta(0), timedelta(0)))
        values.setdefault("contact_hours", ALWAYS)
        values.setdefault("unit", "H99.07")
    return Settings(**values)


def _contradictions(settings: Settings) -> list[str]:
    wrong = zalo_settings.contradictions(settings.zalo)
    if settings.telegram_mode == "webhook" and settings.telegram_bot_token and not settings.telegram_webhook_secret:
        wrong.append("TELEGRAM_WEBHOOK_SECRET: webhook mode needs it, for example from: openssl rand -hex 32")
    if settings.onestop_base_url and not settings.onestop_secret:
        wrong.append("ONESTOP_SECRET: the backend's pushes are refused without it; agree on one with the backend")
    return wrong
