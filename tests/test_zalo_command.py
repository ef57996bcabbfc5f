"""``motcua zalo``: a person puts tokens in, with the server running or not, and nothing shows them."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from emulators.zalo import ZaloEmulator
from tests import forked
from tests.patience import PATIENCE
from tests.test_telegram_journey import up
from tests.world import Server
from tests.zalo_world import AN, Phone

pytestmark = pytest.mark.slow
REDIRECT = "https://xa.example/zalo/callback/"


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    async with ZaloEmulator() as emulated:
        emulated.redirects = REDIRECT
        yield emulated


def server(folder: Path, zalo: ZaloEmulator, **more: str) -> Server:
    """Settings without a pair."""
    made = Server(folder, {"MOTCUA_DEMO": "1", "ZALO_REDIRECT_URL": REDIRECT, **zalo.settings, **more})
    for name in ("ZALO_OA_ACCESS_TOKEN", "ZALO_OA_REFRESH_TOKEN"):
        made.settings.pop(name)
    zalo.hooks.url = f"{made.address}/zalo/oa"
    return made


async def motcua(one: Server, *command: str, given: str = "") -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command on the same folder."""
    done = await asyncio.to_thread(forked.motcua, one.folder, one.environment, *command, given=given)
    return done.returncode, done.stdout, done.stderr


async def login(one: Server, *more: str, change: str = "") -> tuple[int, str]:
    """The command, with a browser that agrees; exit code and all that it wrote."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "zalo", "login", *more),
        env=one.environment, cwd=one.folder, stdin=PIPE, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    link = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode().strip()
    async with aiohttp.ClientSession() as browser, browser.get(link, allow_redirects=False) as reply:
        assert reply.status == 302, await reply.text()
        led_to = reply.headers["Location"]
    assert led_to.startswith(REDIRECT)
    out, err = await asyncio.wait_for(process.communicate(f"{led_to}{change}\n".encode()), PATIENCE)
    return process.returncode or 0, link + out.decode() + err.decode()


async def test_login_gives_the_running_server_its_token(tmp_path: Path, zalo: ZaloEmulator) -> None:
    one = server(tmp_path, zalo)
    async with up(one, ready=False) as session:
        async with session.get("/readyz") as reply:
            assert "there is no token for this account" in await reply.text()
        code, _, _ = await motcua(one, "zalo", "status")
        assert code == 1
        exit_code, printed = await login(one)
        assert exit_code == 0, printed
        assert zalo.grants.access not in printed
        assert zalo.grants.refresh not in printed
        phone = Phone(zalo, AN)
        phone.say("menu")
        await phone.until("")
        code, out, _ = await motcua(one, "zalo", "status")
        assert code == 0
        assert "state\tgood" in out
        assert zalo.grants.access not in out
        for _ in range(200):
            async with session.get("/readyz") as reply:
                if reply.status == 200:
                    break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("not ready although the token is there")


async def test_a_pair_by_hand_without_a_server(tmp_path: Path, zalo: ZaloEmulator) -> None:
    one = server(tmp_path, zalo)
    given = f"{zalo.grants.access}\n{zalo.grants.refresh}\n"
    assert (await motcua(one, "zalo", "import-token", given=given))[0] == 0
    assert (await motcua(one, "zalo", "status"))[0] == 0
    async with up(one):
        phone = Phone(zalo, AN)
        phone.say("menu")
        await phone.until("")


@pytest.mark.parametrize(
    ("change", "why"),
    [("&state=other", None), ("x", "belongs to another login"), ("#", None)],
)
async def test_an_address_of_another_login_is_refused(
    tmp_path: Path, zalo: ZaloEmulator, change: str, why: str | None
) -> None:
    exit_code, printed = await login(server(tmp_path, zalo), change=change)
    assert exit_code == (0 if why is None else 2)
    assert (why or "Đã cất") in printed


async def test_what_is_missing_is_said(tmp_path: Path, zalo: ZaloEmulator) -> None:
    one = server(tmp_path, zalo, ZALO_REDIRECT_URL="")
    code, _, err = await motcua(one, "zalo", "login")
    assert code == 2
    assert "ZALO_REDIRECT_URL" in err
    code, _, err = await motcua(Server(tmp_path, {}), "zalo", "status")
    assert code == 2
    assert "ZALO_OA_ID" in err


async def test_the_doctor_names_the_twelve_points_and_what_was_seen(tmp_path: Path, zalo: ZaloEmulator) -> None:
    one = server(tmp_path, zalo, MOTCUA_PORT="0", ZALO_OA_SIGNED_WITH="either")
    code, out, _ = await motcua(one, "doctor", "zalo")
    assert code == 0, out
    assert [n for n in range(1, 13) if f"\n{n}. " in f"\n{out}"] == list(range(1, 13))
    assert "máy chủ của Zalo trả lời" in out
    serving = server(tmp_path, zalo, ZALO_OA_SIGNED_WITH="either")
    given = f"{zalo.grants.access}\n{zalo.grants.refresh}\n"
    assert (await motcua(serving, "zalo", "import-token", given=given))[0] == 0
    async with up(serving):
        phone = Phone(zalo, AN)
        phone.say("menu")
        await phone.until("")
        code, out, _ = await motcua(serving, "doctor", "zalo")
        assert code == 0, out
        assert "signed_with_app_id: " in out
        assert "mã truy cập Zalo đang dùng được" in out
        assert f"đã xác thực, gói {zalo.world.package}" in out
        code, _, err = await motcua(serving, "zalo", "try-template", "rating", "--user", AN)
        assert (code, "ZALO_TEMPLATE_RATING" in err) == (2, True)
        code, _, err = await motcua(serving, "zalo", "try-template", "status", "--phone", "12")
        assert (code, "0900000001" in err) == (2, True)
        before = zalo.grants.renewals
        code, out, _ = await motcua(serving, "zalo", "renew")
        assert (code, zalo.grants.renewals) == (0, before + 1)
        zalo.grants.issue()  # somebody else has used the refresh token
        code, out, _ = await motcua(serving, "zalo", "renew")
        assert (code, "refused to renew" in out) == (1, True)
        code, out, _ = await motcua(serving, "zalo", "status")
        assert (code, "state\trefused" in out) == (1, True)
    code, _, err = await motcua(one, "zalo", "renew")
    assert (code, "start motcua serve first" in err) == (2, True)
    await zalo.stop()
    code, out, _ = await motcua(one, "doctor")
    assert code == 1
    assert "không tới được Zalo" in out
