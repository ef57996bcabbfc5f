"""Nothing that a stranger should not read stands in a log line, whatever is raised."""

from __future__ import annotations

import logging

import pytest

from bot.config import Settings
from bot.logs import Masked, secrets_of
from bot.zalo.settings import ZaloSettings

SECRETS = Settings(
    telegram_bot_token="123456:AAbbCCddEEffGGhhIIjjKKll",
    telegram_webhook_secret="w" * 40,
    onestop_secret="one/stop secret",
    secret_key="k" * 40,
    zalo=ZaloSettings(oa_secret="zalo-secret-1", oa_refresh_token="zalo-refresh-1", bot_token="12345:zalo-bot-1"),
)


def line(message: str, *args: object, error: Exception | None = None) -> str:
    try:
        if error is not None:
            raise error
    except Exception as raised:
        info = (type(raised), raised, raised.__traceback__)
        record = logging.LogRecord("x", logging.ERROR, "f", 1, message, args, info)
    else:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, message, args, None)
    return Masked(secrets_of(SECRETS)).format(record)


@pytest.mark.parametrize("secret", secrets_of(SECRETS))
def test_a_secret_is_cut_out_of_messages_and_exceptions(secret: str) -> None:
    assert secret not in line(f"calling https://api/bot{secret}/send")
    assert secret not in line("failed", error=RuntimeError(f"https://api/bot{secret}/send"))
    assert "one%2Fstop%20secret" not in line("url one%2Fstop%20secret")


@pytest.mark.parametrize("canary", ["099300000001", "0912344821", "+84 912 344 821", "an@example.vn"])
def test_what_a_citizen_wrote_is_masked_even_in_an_exception(canary: str) -> None:
    assert canary not in line("said %s", canary)
    assert canary not in line("failed", error=ValueError(canary))


def test_row_numbers_survive() -> None:
    assert "outbox 1764000000123456 refused" in line("outbox %d refused", 1764000000123456)
