"""What ``motcua zalo`` and ``motcua doctor zalo`` ask of the Official Account's channel in a running program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.control import Does, Wrong
from channels.zalo_http import Lost, NotSent, ZaloError
from channels.zalo_oa import ZaloOA
from channels.zalo_token import NoToken

if TYPE_CHECKING:
    from bot.app import App

TOLD = ("name", "package_name", "is_verified")


def running_zalo(app: App) -> Mapping[str, Does]:
    """The operations by name: counts since the start, a renewal now, the account, a template to be tried."""

    def channel() -> ZaloOA:
        found = app.channels.get("zalo_oa")
        if not isinstance(found, ZaloOA):
            raise Wrong("the running server has no Official Account: set ZALO_OA_ID and start it again")
        return found

    async def zalo_counts(given: dict[str, Any]) -> Any:
        return dict(channel().counts) if "zalo_oa" in app.channels else {}

    async def zalo_renew(given: dict[str, Any]) -> Any:
        return {"wrong": await channel().renew()}

    async def zalo_account(given: dict[str, Any]) -> Any:
        try:
            told = await channel().told_of_itself()
        except (NotSent, Lost, NoToken, ZaloError) as error:
            raise Wrong(str(error)) from None
        return {name: told.get(name) for name in TOLD}

    async def zalo_try_template(given: dict[str, Any]) -> Any:
        try:
            return await channel().templates.try_out(
                given["kind"], user=given["user"], phone=given["phone"], development=given["development"]
            )
        except KeyError:
            raise Wrong("no such template is set up: ZALO_TEMPLATE_RATING, ZALO_TEMPLATE_STATUS") from None
        except (NotSent, Lost, NoToken, ZaloError) as error:
            raise Wrong(str(error)) from None

    return {
        "zalo_try_template": zalo_try_template,
        "zalo_counts": zalo_counts,
        "zalo_renew": zalo_renew,
        "zalo_account": zalo_account,
    }
