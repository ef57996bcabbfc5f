"""The Telegram channel of the settings. Imported only where Telegram is configured: its client costs half a second."""

from __future__ import annotations

from typing import Literal

from bot.app import App
from channels.telegram import Telegram
from handlers.texts.sentences import sentence

COMMANDS = ("menu", "hoso", "theodoi", "tuan", "dulieu", "xoa")
"""Shown in Telegram's menu; the descriptions are sentences ``telegram.<command>``."""


def make_telegram(app: App) -> Telegram:
    """The channel, as the settings say."""
    settings = app.settings
    assert settings.telegram_bot_token is not None
    mode: Literal["polling", "webhook"] = "webhook" if settings.telegram_mode == "webhook" else "polling"
    return Telegram(
        settings.telegram_bot_token,
        app.accept,
        now=app.clock.now,
        mode=mode,
        secret=settings.telegram_webhook_secret,
        webhook_url=settings.telegram_webhook_url,
        base_url=settings.telegram_api_base_url,
        commands=[(name, sentence(f"telegram.{name}")) for name in COMMANDS],
    )
