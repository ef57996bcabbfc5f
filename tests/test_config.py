"""Settings: what is read, what is refused, and that the docs name every one, and say what was measured."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands import cli
from bot.config import NAMES, ZALO, Settings, WrongSetting, read_settings
from bot.parsing import duration
from tests.world import ROOT

CONTRACT = (ROOT / "docs" / "contract.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", timedelta(0)), ("90s", timedelta(seconds=90)), ("2h", timedelta(hours=2)), ("10d", timedelta(days=10))],
)
def test_durations(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2 weeks", "1e9h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        duration(text)


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("MOTCUA_PORT=1\nMOTCUA_UNIT=H15.07\n")
    settings = read_settings({"MOTCUA_PORT": "2", "HOME": "/"}, dotenv)
    assert (settings.port, settings.unit) == (2, "H15.07")


def test_every_mistake_is_named_at_once() -> None:
    given = {"MOTCUA_PORT": "x", "MOTCUA_DEMO": "yes", "TELEGRAM_TOKEN": "1"}
    with pytest.raises(WrongSetting) as wrong:
        read_settings(given, None)
    assert len(str(wrong.value).splitlines()) == 3
    assert "TELEGRAM_TOKEN: unknown setting, did you mean TELEGRAM_BOT_TOKEN?" in str(wrong.value)


def test_one_mistake_is_one_line() -> None:
    given = {"TELEGRAM_BOT_TOKEN": f"1:{'a' * 30}", "TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": "short"}
    with pytest.raises(WrongSetting, match="wants 32 to 256") as told:
        read_settings(given, None)
    assert len(str(told.value).splitlines()) == 1


def test_a_demonstration_invites_at_once_at_any_hour_unless_told_otherwise() -> None:
    demo = read_settings({"MOTCUA_DEMO": "1"}, None)
    assert (demo.invite_delay, demo.contact_hours, demo.unit) == ((timedelta(0),) * 2, "00:00-24:00", "H99.07")
    given = read_settings({"MOTCUA_DEMO": "1", "MOTCUA_INVITE_DELAY": "1h"}, None)
    assert given.invite_delay == (timedelta(hours=1),) * 2


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"ZALO_OA_ID": "4"}, ["ZALO_APP_ID", "ZALO_OA_SECRET"]),
        ({"ZALO_OA_ID": "x"}, ["ZALO_OA_ID"]),
        ({"ZALO_OA_PAID": "status,ads"}, ["ZALO_OA_PAID"]),
        ({"ZALO_OA_PAID": "status"}, ["ZALO_OA_PAID"]),
        ({"ZALO_TEMPLATE_RATING": "1", "ZALO_OA_TEMPLATE_PRICE": "200"}, ["ZALO_TEMPLATE_RATING"]),
        ({"ZALO_OA_BUTTONS": "round"}, ["ZALO_OA_BUTTONS"]),
        ({"ZALO_API_BASE_URL": "openapi.zalo.me"}, ["ZALO_API_BASE_URL"]),
        ({"ZALO_OA_QUITE": "1m"}, ["ZALO_OA_QUITE"]),
    ],
)
def test_mistakes_about_zalo_are_named(given: dict[str, str], named: list[str]) -> None:
    with pytest.raises(WrongSetting) as wrong:
        read_settings(given, None)
    assert [line.split(":")[0] for line in str(wrong.value).splitlines()] == named


@pytest.mark.parametrize("text", ["0.5s", "2m", "3"])
def test_how_long_the_backend_may_take_has_bounds(text: str) -> None:
    with pytest.raises(WrongSetting, match="ONESTOP_WAIT: wants"):
        read_settings({"ONESTOP_WAIT": text}, None)


def test_no_secret_in_the_repr() -> None:
    settings = read_settings({"MOTCUA_SECRET_KEY": "k" * 40, "ZALO_OA_SECRET": "zzz"}, None)
    assert "kkkk" not in repr(settings)
    assert "zzz" not in repr(settings)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in CONTRACT or f"`{name} " in CONTRACT
    if name not in ZALO:
        assert name in (ROOT / ".env.example").read_text("utf-8")


def test_every_command_is_documented() -> None:
    for action in cli.build_parser()._subparsers._group_actions:  # type: ignore[union-attr]
        for command in action.choices or ():
            assert command in CONTRACT, command


def test_defaults_are_those_of_the_contract() -> None:
    assert Settings().url == "sqlite+aiosqlite:///var/motcua.db"
    assert (Settings().host, Settings().port) == ("127.0.0.1", 8080)


def test_the_table_of_a_turn_is_the_one_that_was_measured() -> None:
    readme = (ROOT / "README.md").read_text("utf-8").partition("**A turn.**")[2].partition("\n## ")[0]
    table = [line for line in readme.splitlines() if line.startswith("|")]
    assert len(table) == 6
    assert "\n".join(table) in (ROOT / "benchmarks" / "README.md").read_text("utf-8")
