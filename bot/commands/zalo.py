"""``motcua zalo …``: the account's tokens, put in by a person, its templates tried, its costs."""

from __future__ import annotations

import argparse
import secrets
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.clock import VIETNAM
from bot.commands.console import Console
from bot.config import Settings
from bot.control import ControlClient, Wrong
from bot.operations import doing
from bot.zalo.channel import roots
from channels.zalo_events import normal_phone
from channels.zalo_http import Lost, NotSent, ZaloHttp
from channels.zalo_oauth import OAuth, Pair, Unauthorized, consent_link, new_verifier
from storage.tables import instant

STATES = {
    "good": "đang dùng được",
    "renewing": "đang đổi",
    "uncertain": "KHÔNG RÕ: lần đổi gần nhất mất thư trả lời, chạy motcua zalo login",
    "refused": "HỎNG: Zalo không cho đổi, chạy motcua zalo login",
}


def add_parser(subparsers: Any) -> None:
    """Add ``zalo`` to the commands."""
    commands = subparsers.add_parser("zalo", help="the tokens of the Official Account").add_subparsers(
        dest="zalo", required=True
    )
    login = commands.add_parser("login", help="ask Zalo for a pair: prints a link, reads the address it leads to")
    login.add_argument(
        "--redirect", metavar="URL", help="the console's Callback URL byte for byte (default ZALO_REDIRECT_URL)"
    )
    commands.add_parser(
        "import-token",
        help="put in a pair by hand, e.g. from the API Explorer: reads two lines, access and refresh token",
    )
    commands.add_parser("renew", help="ask for a new pair now, to see that renewing works; needs a running serve")
    tried = commands.add_parser("try-template", help="send a template to somebody who tries it; needs a running serve")
    tried.add_argument("kind", choices=("rating", "status"))
    whom = tried.add_mutually_exclusive_group(required=True)
    whom.add_argument("--user", default="", metavar="ID", help="the user id that the account sees")
    whom.add_argument("--phone", default="", metavar="NUMBER", help="an administrator's, say")
    tried.add_argument("--development", action="store_true", help="not approved yet: to administrators, free")
    commands.add_parser("costs", help="what writing on Zalo has cost this week and this month")
    commands.add_parser("status", help="how the tokens stand; shows neither of them")


async def run(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Carry out one of them. Raises CannotStart, Wrong."""
    if not settings.zalo.oa_id:
        raise Wrong("ZALO_OA_ID is not set: there is no Official Account")
    if args.zalo == "login":
        return await _login(args.redirect or settings.zalo.redirect_url, settings, console)
    if args.zalo == "import-token":
        access, refresh = _line("access token: ", console), _line("refresh token: ", console)
        return await _put(Pair(access, refresh), "import", settings, console)
    if args.zalo == "renew":
        return await _renew(settings, console)
    if args.zalo == "try-template":
        return await _try_template(args, settings, console)
    if args.zalo == "costs":
        return await _costs(settings, console)
    return await _status(settings, console)


async def _login(redirect: str, settings: Settings, console: Console) -> int:
    zalo = settings.zalo
    if not redirect or not zalo.app_secret:
        raise Wrong("ZALO_APP_SECRET and ZALO_REDIRECT_URL (or --redirect) are needed; see docs/operating.md")
    verifier, state = zalo.pkce_verifier or new_verifier(), secrets.token_urlsafe(12)
    console.err("Mở đường dẫn này bằng tài khoản quản trị OA, bấm đồng ý:")
    console.out(consent_link(roots(zalo), zalo.app_id, redirect, verifier, state))
    console.err("Sau đó dán vào đây địa chỉ mà trình duyệt dẫn tới (trang đó có báo lỗi cũng được):")
    code = _code(_line("", console), state, zalo.oa_id)
    http = ZaloHttp(roots(zalo))
    try:
        pair = await OAuth(http, zalo.app_id, zalo.app_secret).exchange(code, verifier)
    except (Unauthorized, NotSent, Lost) as error:
        raise Wrong(f"{error}: the code lives ten minutes and works once, so begin again") from None
    finally:
        await http.close()
    return await _put(pair, "consent", settings, console)


def _code(address: str, state: str, oa: str) -> str:
    """The code in the address that the browser was led to. Raises Wrong."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    if query.get("state") != state:
        raise Wrong("the address belongs to another login (its state differs): begin again")
    if query.get("oa_id", oa) != oa:
        raise Wrong(f"this is the consent of another account, {query['oa_id']}: ZALO_OA_ID is {oa}")
    if "code" not in query:
        raise Wrong(f"the address holds no code: {query.get('error_description') or query.get('error') or 'no reason'}")
    return query["code"]


async def _put(pair: Pair, came: str, settings: Settings, console: Console) -> int:
    lives = int(pair.lives.total_seconds())
    async with doing(settings) as doer:
        await doer.do("zalo_put", access=pair.access, refresh=pair.refresh, seconds=lives, came=came)
    console.err("Đã cất cặp mã mới (có khóa). Xem: motcua zalo status")
    return 0


async def _renew(settings: Settings, console: Console) -> int:
    client = await ControlClient.connect(settings.data_dir)
    if client is None:
        raise Wrong("renewing is the running server's work: start motcua serve first")
    try:
        wrong = (await client.do("zalo_renew"))["wrong"]
    finally:
        await client.close()
    console.out(wrong or "Zalo đã đổi cặp mã mới, cặp mới đã cất")
    return 1 if wrong else 0


async def _try_template(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    phone = normal_phone(args.phone)
    if args.phone and not phone:
        raise Wrong("--phone wants a Vietnamese number, for example 0900000001")
    client = await ControlClient.connect(settings.data_dir)
    if client is None:
        raise Wrong("sending is the running server's work: start motcua serve first")
    kind = {"rating": "invite", "status": "status"}[args.kind]
    try:
        message = await client.do(
            "zalo_try_template", kind=kind, user=args.user, phone=phone, development=args.development
        )
    finally:
        await client.close()
    console.out(message)
    console.err("Đã gửi. Chấm thử trên điện thoại rồi gõ motcua doctor zalo: “feedback_of_try” phải tăng")
    return 0


async def _costs(settings: Settings, console: Console) -> int:
    async with doing(settings) as doer:
        told = await doer.do("zalo_costs")
    for name in ("week", "month"):
        count, dong = told[name]
        console.out(f"{name}\t{count}\t{dong}")
    console.err(f"tin trả tiền và số đồng; mức trần mỗi tháng: {settings.zalo.oa_monthly_cap} đồng")
    return 0


async def _status(settings: Settings, console: Console) -> int:
    async with doing(settings) as doer:
        told = await doer.do("zalo_state")
    if told is None:
        console.out("chưa có mã: chạy motcua zalo login")
        return 1
    for name in ("renewed_at", "expires_at"):
        console.out(f"{name}\t{instant(told[name]).astimezone(VIETNAM):%d/%m/%Y %H:%M}")
    console.out(f"state\t{told['state']}\t{STATES[told['state']]}")
    return 0 if told["state"] in ("good", "renewing") else 1


def _line(prompt: str, console: Console) -> str:
    if prompt and sys.stdin.isatty():
        console.err(prompt)
    line = sys.stdin.readline().strip()
    if not line:
        raise Wrong("nothing was given")
    return line
