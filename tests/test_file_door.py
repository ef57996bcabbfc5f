"""Where links to files lead: a page that reads nothing, a file that is written down, and nothing for anybody else."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio
from openpyxl import load_workbook
from sqlalchemy import select

from bot.config import read_settings
from bot.operations import operations_of
from bot.program import Program, open_program
from handlers.desk import Wanted
from handlers.known import File
from handlers.messages import PDF, XLSX
from handlers.officials.filing import LIVES
from storage.tables import audit, digests, officials
from tests.engine import MONDAY, FakeClock
from tests.test_file_links import ASKED, AT, UNIT, UNTIL, W46

pytestmark = pytest.mark.asyncio(loop_scope="module")


# --- the page and the file --------------------------------------------------------------------------------------------


@dataclass
class Door:
    """A program without channels, an official of the unit, and a browser."""

    program: Program
    clock: FakeClock
    http: aiohttp.ClientSession

    def path(self, asked: Wanted) -> str:
        assert self.program.app.links is not None
        return urlsplit(self.program.app.links.link(asked)).path

    async def get(self, path: str, method: str = "GET") -> tuple[int, str, bytes]:
        """Status, type and body."""
        async with self.http.request(method, f"{self.program.address}{path}", allow_redirects=False) as reply:
            return reply.status, reply.content_type, await reply.read()

    async def rows(self, table: Any) -> list[Any]:
        return await self.program.app.database.read(lambda connection: connection.execute(select(table)).all())

    async def office(self, id: str, **values: Any) -> None:
        row = {"id": id, "chat": f"web/1/{id}", "unit": UNIT, "role": "head", "since": MONDAY, **values}
        await self.program.app.database.write(lambda connection: connection.execute(officials.insert().values(row)))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def door() -> AsyncIterator[Door]:
    clock = FakeClock()
    given = {"MOTCUA_PORT": "0", "MOTCUA_UNIT": UNIT, "MOTCUA_PUBLIC_URL": AT.rstrip("/")}
    program = await open_program(read_settings(given, None), clock, lambda app: (), memory=True)
    async with aiohttp.ClientSession() as http:
        yield Door(program, clock, http)
    await program.stop()


async def test_the_page_reads_nothing_and_the_file_is_written_down(door: Door) -> None:
    await door.office("cb-1")
    path = door.path(ASKED)
    status, kind, body = await door.get(path)
    page = body.decode()
    assert (status, kind) == (200, "text/html")
    assert f'href="{path}/bao-cao.xlsx"' in page
    assert "11 giờ, thứ Hai 16/11" in page
    assert "Hài lòng" not in page
    assert await door.rows(audit) == await door.rows(digests) == []  # what a chat's preview fetches is no reading
    for n in (1, 2):
        status, kind, body = await door.get(f"{path}/bao-cao.xlsx")
        assert (status, kind) == (200, XLSX)
        assert "Số liệu" in load_workbook(io.BytesIO(body)).sheetnames
        noted = [(row.who, row.what, row.unit, row.detail) for row in await door.rows(audit)]
        assert noted == [("cb-1", "opened", UNIT, "2026-W46 xlsx")] * n
    assert len(await door.rows(digests)) == 1
    printed = door.path(Wanted("cb-1", UNIT, W46, File.PAGE, UNTIL))
    status, kind, body = await door.get(f"{printed}/bao-cao.pdf")
    assert (status, kind, body[:5]) == (200, PDF, b"%PDF-")


async def test_it_ends_at_once_with_the_role(door: Door) -> None:
    await door.office("cb-2")
    path = door.path(Wanted("cb-2", UNIT, W46, File.BOOK, UNTIL))
    assert (await door.get(f"{path}/x.xlsx"))[0] == 200
    await operations_of(door.program.app).official_revoke({"id": "cb-2"})
    before = len(await door.rows(audit))
    for address in (path, f"{path}/x.xlsx"):
        status, kind, body = await door.get(address)
        assert (status, kind) == (404, "text/html")
        assert "không mở được nữa" in body.decode()
    assert len(await door.rows(audit)) == before


async def test_it_ends_with_its_time(door: Door) -> None:
    await door.office("cb-3")
    path = door.path(Wanted("cb-3", UNIT, W46, File.BOOK, UNTIL))
    assert [(await door.get(each))[0] for each in (path, f"{path}/x.xlsx")] == [200, 200]
    door.clock.move(LIVES - timedelta(seconds=1))
    assert (await door.get(path))[0] == 200
    door.clock.move(timedelta(seconds=1))
    assert [(await door.get(each))[0] for each in (path, f"{path}/x.xlsx")] == [404, 404]
    door.clock.move(-LIVES)


async def test_others_get_the_same_answer_whatever_they_try(door: Door) -> None:
    await door.office("cb-4")
    path = door.path(Wanted("cb-4", UNIT, W46, File.BOOK, UNTIL))
    answers = {
        await door.get(each)
        for each in (
            path[:-1] + "g",
            path.replace("W46", "W45"),
            path.replace("cb-4", "cb-1"),
            path.replace(UNIT, "000.00.08.H99"),
            path.replace("/book/", "/page/"),
            path.replace("/book/", "/nothing/"),
            door.path(Wanted("cb-nobody", UNIT, W46, File.BOOK, UNTIL)),
            door.path(Wanted("cb-4", "000.00.08.H99", W46, File.BOOK, UNTIL)) + "/x.xlsx",
        )
    }
    assert {(status, kind) for status, kind, _ in answers} == {(404, "text/html")}
    assert len(answers) == 1
    assert (await door.get(f"{path}/x.xlsx", "HEAD"))[0] == 405
    assert (await door.get(f"{path}/x.xlsx", "POST"))[0] == 405
    assert all(row.who != "cb-4" for row in await door.rows(audit))


async def test_neither_page_nor_file_may_be_kept_framed_or_searched_for(door: Door) -> None:
    await door.office("cb-5")
    path = door.path(Wanted("cb-5", UNIT, W46, File.BOOK, UNTIL))
    for address in (path, f"{path}/bao-cao.xlsx"):
        async with door.http.get(f"{door.program.address}{address}") as reply:
            assert reply.headers["Cache-Control"] == "no-store"
            assert reply.headers["Referrer-Policy"] == "no-referrer"
            assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    async with door.http.get(f"{door.program.address}{path}") as reply:
        assert "noindex" in reply.headers["X-Robots-Tag"]
