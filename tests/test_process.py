"""The program as a process: how it starts, refuses to start, stops, and answers a second terminal."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from tests import forked
from tests.patience import PATIENCE
from tests.telegram_world import eventually
from tests.world import Server


def motcua(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """One command, carried out to its end."""
    return forked.motcua(folder, Server(folder, settings).environment, *command)


def occupied() -> socket.socket:
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return taken


WRONG = [
    ({"MOTCUA_PROT": "1"}, "MOTCUA_PROT: unknown setting, did you mean MOTCUA_PORT?"),
    ({"MOTCUA_PORT": "http"}, "MOTCUA_PORT: wants a port"),
    ({"MOTCUA_INVITE_DELAY": "2 days"}, "MOTCUA_INVITE_DELAY: wants a duration"),
    ({"MOTCUA_CONTACT_HOURS": "25:00-26:00"}, "MOTCUA_CONTACT_HOURS:"),
    ({"MOTCUA_DATABASE_URL": "mysql://x"}, "MOTCUA_DATABASE_URL: wants"),
    ({"MOTCUA_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none"}, "MOTCUA_DATABASE_URL:"),
    ({"MOTCUA_DISABLE": "fax"}, "MOTCUA_DISABLE: knows"),
    ({"ONESTOP_BASE_URL": "http://127.0.0.1:9"}, "ONESTOP_SECRET:"),
    ({"TELEGRAM_BOT_TOKEN": "secret"}, "TELEGRAM_BOT_TOKEN: wants a token"),
    (
        {"TELEGRAM_BOT_TOKEN": "1:" + "a" * 30, "TELEGRAM_MODE": "webhook"},
        "TELEGRAM_WEBHOOK_SECRET: webhook mode needs it",
    ),
    ({"MOTCUA_SECRET_KEY": "short"}, "MOTCUA_SECRET_KEY: wants at least 32"),
]


@pytest.mark.parametrize(
    ("settings", "said"), WRONG, ids=[said.split(":")[0] + str(n) for n, (_, said) in enumerate(WRONG)]
)
def test_a_wrong_setting_ends_the_start_with_a_line_that_says_what_to_do(
    tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    done = motcua(tmp_path, "serve", **settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"motcua: {said}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use(tmp_path: Path) -> None:
    with occupied() as taken:
        done = motcua(tmp_path, "serve", MOTCUA_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "stop what uses it, or set another MOTCUA_PORT" in done.stderr


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = motcua(tmp_path, "serve", MOTCUA_DATA_DIR=str(tmp_path / "file" / "var"))
    assert done.returncode == 2
    assert "MOTCUA_DATA_DIR: cannot write in" in done.stderr


def test_a_newer_schema(tmp_path: Path) -> None:
    assert motcua(tmp_path, "official", "list").returncode == 0
    with sqlite3.connect(tmp_path / "motcua.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    done = motcua(tmp_path, "serve")
    assert done.returncode == 2
    assert "run the newer version" in done.stderr
    doctor = motcua(tmp_path, "doctor", MOTCUA_PORT="0")
    assert doctor.returncode == 1
    assert "cơ sở dữ liệu mới hơn" in doctor.stdout


def test_something_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "motcua.db").write_bytes(b"a letter, not a database " * 100)
    done = motcua(tmp_path, "serve")
    assert done.returncode == 2
    assert "not a database" in done.stderr


def test_the_doctor_names_every_mistake_at_once(tmp_path: Path) -> None:
    with occupied() as taken:
        port = str(taken.getsockname()[1])
        done = motcua(
            tmp_path, "doctor", MOTCUA_PORT=port, ONESTOP_BASE_URL="http://127.0.0.1:9", ONESTOP_SECRET="s" * 9
        )
    assert done.returncode == 1
    assert "cổng 127.0.0.1" in done.stdout
    assert "không trả lời" in done.stdout
    both = motcua(tmp_path, "doctor", MOTCUA_PORT="x", MOTCUA_DEMO="yes")
    assert both.stdout.count("HỎNG  cài đặt") == 2
    token, unit = {"TELEGRAM_BOT_TOKEN": "abc"}, {"MOTCUA_UNIT": "H99.07", "MOTCUA_PORT": "0"}
    told = motcua(tmp_path, "doctor", **token, **unit).stdout
    assert str(tmp_path) in told, "the settings that could be read are looked at"
    assert "chưa đặt TELEGRAM_BOT_TOKEN" not in told and "chưa đặt MOTCUA_UNIT" not in told


def test_the_doctor_sees_an_imported_register(tmp_path: Path) -> None:
    unset = {"MOTCUA_UNIT": "H99.07", "MOTCUA_PORT": "0"}
    assert "chưa kết nối với một cửa" in motcua(tmp_path, "doctor", **unset).stdout
    register = tmp_path / "so.csv"
    register.write_text(
        "Mã hồ sơ,Số điện thoại,Ngày tiếp nhận,Trạng thái\nH99.07-261116-0007,0912344821,16/11/2026,Đang xử lý\n"
    )
    assert motcua(tmp_path, "dossiers", "import", str(register), "--yes", **unset).returncode == 0
    told = motcua(tmp_path, "doctor", **unset).stdout
    assert "tra trong sổ đã nhập" in told
    assert "chưa kết nối với một cửa" not in told


def test_one_line_asked_in_a_shell_is_answered_with_the_papers(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--json", "--memory"],
        env=Server(tmp_path, {}).environment, cwd=tmp_path, text=True, timeout=PATIENCE, check=True,
        input="lam khai sinh cho con can giay to gi\n", stdout=subprocess.PIPE,
    )  # fmt: skip
    assert "Tờ khai đăng ký khai sinh" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
async def server(tmp_path: Path) -> Server:
    return Server(tmp_path, {"MOTCUA_DEMO": "1"})


async def started(server: Server) -> None:
    """Until it has printed all, which comes after it is ready."""
    await server.start()
    await eventually(lambda: "Ctrl-C stops." in (server.folder / "log.txt").read_text())


async def test_serve_prints_what_a_newcomer_needs_and_ctrl_c_ends_it_soon(server: Server) -> None:
    server.forked = False
    await started(server)
    assert server.process is not None
    began = time.monotonic()
    server.process.send_signal(signal.SIGINT)
    assert await server.process.wait() == 0
    assert time.monotonic() - began < PATIENCE / 10
    printed = (server.folder / "log.txt").read_text()
    for expected in (server.address, "H99.07-261116-0007  4821", "0907", "7315", "CB-", "TELEGRAM_BOT_TOKEN"):
        assert expected in printed


async def test_a_second_terminal_is_served_by_the_running_server(server: Server) -> None:
    await started(server)
    try:
        code, added = await server.run("official", "add", "--unit", "H99.07", "--role", "staff")
        assert (code, added[:3]) == (0, "CB-")
        code, digest = await server.run("digest", "--unit", "xã Đồng Sậy", "--week", "2026-W01", "--format", "json")
        assert code == 0
        assert '"unit": "H99.07"' in digest
        code, _ = await server.run("backup", str(server.folder / "copy.db"))
        assert code == 0
        with sqlite3.connect(server.folder / "copy.db") as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute("SELECT count(*) FROM dossiers").fetchone()[0] > 100
        copy.close()
        second = await asyncio.to_thread(motcua, server.folder, "serve", MOTCUA_DEMO="1")
        assert second.returncode == 2
        assert "in use by another motcua" in second.stderr
    finally:
        assert await server.stop() == 0


async def test_the_operators_pages(server: Server) -> None:
    await server.start()
    try:
        async with aiohttp.ClientSession(server.address) as session:
            assert (await session.get("/healthz")).status == 200
            metrics = await (await session.get("/metrics")).text()
            assert 'motcua_inbox_total{outcome="accepted"}' in metrics
            forwarded = await session.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
            assert forwarded.status == 403
            for headers in ({}, {"X-Onestop-Signature": "sha256=00"}, {"X-Onestop-Signature": ""}):
                assert (await session.post("/onestop", data=b"{}", headers=headers)).status == 401
    finally:
        assert await server.stop() == 0
