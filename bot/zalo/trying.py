"""What ``motcua doctor zalo N`` asks of a running program's channels, an operation each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.control import Does, Wrong
from channels.zalo_bot import BotRefusal, NotReached, ZaloBot
from channels.zalo_http import Lost, NotSent, ZaloError
from channels.zalo_oa import ZaloOA
from channels.zalo_token import NoToken

if TYPE_CHECKING:
    from bot.app import App


def trying(app: App) -> Mapping[str, Does]:
    """The operations by name: a word waited for, a message by hand, when somebody was heard as Zalo counts it."""

    def channel(given: Mapping[str, Any]) -> ZaloOA | ZaloBot:
        found = app.channels.get(str(given["channel"]))
        if not isinstance(found, ZaloOA | ZaloBot):
            raise Wrong("the running server has no such channel: set ZALO_OA_ID or ZALO_BOT_TOKEN and start it again")
        return found

    def account(given: Mapping[str, Any]) -> ZaloOA:
        found = channel({**given, "channel": "zalo_oa"})
        assert isinstance(found, ZaloOA)
        return found

    async def arm(given: dict[str, Any]) -> Any:
        channel(given).probe.arm(str(given["word"]), refuse=bool(given.get("refuse")))

    async def met(given: dict[str, Any]) -> Any:
        probe = channel(given).probe
        return {"met": probe.met, "turned_away": probe.turned_away, "user": probe.user}

    async def say(given: dict[str, Any]) -> Any:
        trial = account(given).trial
        try:
            return await trial.say(given["user"], given["text"], tuple(given.get("labels", ())), given.get("says", ""))
        except (NotSent, Lost, NoToken) as error:
            raise Wrong(str(error)) from None

    async def heard(given: dict[str, Any]) -> Any:
        try:
            return await account(given).trial.last_heard(given["user"])
        except (NotSent, Lost, NoToken, ZaloError) as error:
            raise Wrong(str(error)) from None

    async def bot_say(given: dict[str, Any]) -> Any:
        bot = channel({"channel": "zalo_bot"})
        assert isinstance(bot, ZaloBot)
        try:
            await bot.say(given["user"], given["text"])
        except BotRefusal as error:
            return error.code
        except NotReached as error:
            raise Wrong(str(error)) from None
        return 0

    return {"zalo_arm": arm, "zalo_met": met, "zalo_say": say, "zalo_heard": heard, "zalo_bot_say": bot_say}
