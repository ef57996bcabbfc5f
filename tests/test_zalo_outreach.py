"""Windows, costs, templates: who has not written lately is reached as far as allowed and paid for, or later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from bot.app import App
from bot.config import read_settings
from bot.program import Program, open_program
from bot.tables.records import ChatRecords
from bot.zalo.channel import make_zalo_oa
from bot.zalo.operations import ZaloOperations
from channels.channel import Channel
from channels.zalo_http import Roots, ZaloHttp
from channels.zalo_outreach import NEAR, Outreach, Terms, Way, way
from channels.zalo_ratings import read_ratings
from emulators.zalo import OA_ID, ZaloEmulator
from emulators.zalo_templates import RATING, STATUS
from handlers.desk import Costs, Spent
from ratings.week import Week
from storage.tables import ratings
from storage.zalo_tables import contacts, zalo_costs, zalo_templates
from tests.patience import PATIENCE
from tests.test_telegram_journey import UNIT, Counter
from tests.world import SECRET as BACKENDS
from tests.zalo_world import AN, SOON_AGAIN, FakeBooks, FakeContacts, Phone, chat

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAYS = Terms(frozenset({"status"}), {"invite": "tpl_rate"}, message_price=55, template_price=200, cap=1000)


@pytest.mark.parametrize(
    ("event", "age", "terms", "spent", "expected"),
    [
        ("status:X:1", HOUR, Terms(), 0, Way.FREE),
        ("status:X:1", 2 * DAY - NEAR, Terms(), 0, Way.FREE),
        ("status:X:1", 2 * DAY, PAYS, 0, Way.PAID),
        ("status:X:1", 2 * DAY, Terms(), 0, Way.HELD),
        ("status:X:1", 2 * DAY, PAYS, 945, Way.PAID),
        ("status:X:1", 2 * DAY, PAYS, 946, Way.HELD),
        ("status:X:1", 2 * DAY, replace(PAYS, cap=0), 0, Way.HELD),
        ("status:X:1", 2 * DAY, replace(PAYS, message_price=0), 0, Way.HELD),
        ("invite:X:1", 2 * DAY, PAYS, 0, Way.HELD),
        ("invite:X:1", 7 * DAY - NEAR, PAYS, 0, Way.HELD),
        ("invite:X:1", 7 * DAY, PAYS, 0, Way.TEMPLATE),
        ("invite:X:1", 300 * DAY, PAYS, 0, Way.TEMPLATE),
        ("invite:X:1", 300 * DAY, PAYS, 801, Way.HELD),
        ("invite:X:1", None, PAYS, 0, Way.TEMPLATE),
        ("status:X:1", 8 * DAY, PAYS, 0, Way.HELD),
    ],
)
def test_the_way(event: str, age: timedelta | None, terms: Terms, spent: int, expected: Way) -> None:
    assert way(event, None if age is None else NOW - age, NOW, terms, spent) is expected


# --- the program ------------------------------------------------------------------------------------------------------


class EmulatedClock:
    """The emulator's clock, for the program too."""

    def __init__(self, zalo: ZaloEmulator) -> None:
        self._zalo = zalo

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._zalo.world.clock.now(), UTC)


class Office:
    """A program before the emulator, with a dossier that somebody follows."""

    def __init__(self, program: Program, zalo: ZaloEmulator, backend: Counter, http: aiohttp.ClientSession) -> None:
        self.app: App = program.app
        self.zalo = zalo
        self.backend = backend
        self.phone = Phone(zalo, AN)
        self._program = program
        self._http = http

    async def quiet(self) -> None:
        async with asyncio.timeout(PATIENCE):
            for _ in range(3):
                await self.zalo.wait_until(lambda: self.zalo.hooks.waiting == 0)
                await self.app.quiet()

    async def says(self, *texts: str) -> list[str]:
        before = len(self.phone.seen)
        for text in texts:
            self.phone.say(text)
            await self.quiet()
        return self.phone.seen[before:]

    async def follow(self) -> None:
        code = self.backend.dossier
        await self.says(f"{code} {self.backend.proof(code)}", f"follow {code}", f"consent yes {code}")

    async def hand_over(self) -> list[str]:
        """The backend says that the result was handed over; what the citizen gets of it."""
        before = len(self.phone.seen)
        local = datetime.fromtimestamp(self.zalo.world.clock.now(), UTC) + 7 * HOUR
        stamp = local.strftime("%Y%m%d%H%M%S")
        self.backend.rows[self.backend.dossier] |= {"TrangThaiHoSo": "10", "NgayTra": stamp}
        assert self._program.address is not None
        await self.backend.push(self._http, self._program.address)
        await self.quiet()
        return self.phone.seen[before:]

    async def wait(self, **by: float) -> None:
        self.zalo.world.clock.move(timedelta(**by).total_seconds())
        await self.quiet()

    async def costs(self) -> Costs:
        now = EmulatedClock(self.zalo).now()
        return await ChatRecords(self.app.database, self.app.keys, "x/y/z", now, demo=False).costs(Week.of(now))

    async def count(self, table: Any) -> int:
        return int(await self.app.database.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar()))


@asynccontextmanager
async def an_office(**more: str) -> AsyncIterator[Office]:
    async with ZaloEmulator() as zalo, aiohttp.ClientSession() as http:
        noon = datetime.now(UTC).replace(hour=3, minute=0, second=0) + DAY  # ten o'clock in Vietnam
        zalo.world.clock.move((noon - datetime.now(UTC)).total_seconds())
        zalo.hooks.ladder = SOON_AGAIN
        zalo.grants.issue()
        backend = Counter()
        await backend.start()

        def channels(app: App) -> Iterable[Channel]:
            yield make_zalo_oa(app)

        given = {
            "ONESTOP_BASE_URL": backend.url, "ONESTOP_SECRET": BACKENDS, "MOTCUA_UNIT": UNIT, "MOTCUA_PORT": "0",
            "MOTCUA_INVITE_DELAY": "0", "MOTCUA_CONTACT_HOURS": "00:00-24:00", **zalo.settings, **more,
        }  # fmt: skip
        program = await open_program(read_settings(given, None), EmulatedClock(zalo), channels, memory=True)
        try:
            assert await zalo.hooks.save(f"{program.address}/zalo/oa") == 200
            one = Office(program, zalo, backend, http)
            assert program.address is not None
            await backend.push(http, program.address)
            await one.follow()
            yield one
        finally:
            zalo.hooks.url = None
            await program.stop()
            await backend.stop()


COSTS = {"ZALO_OA_MESSAGE_PRICE": "55", "ZALO_OA_TEMPLATE_PRICE": "200", "ZALO_OA_MONTHLY_CAP": "1000"}


async def test_within_two_days_news_and_the_invitation_come_free() -> None:
    async with an_office() as office:
        await office.wait(hours=40)
        news = await office.hand_over()
        assert "đã trả kết quả" in news[0]
        assert "thấy thế nào?" in news[-1]
        assert await office.count(zalo_costs) == 0


async def test_after_that_what_is_not_worth_paying_waits_until_the_citizen_writes() -> None:
    async with an_office() as office:
        await office.wait(days=3)
        assert await office.hand_over() == []
        assert (await office.costs()).held == 2
        await office.wait(days=10)
        assert await office.hand_over() == []
        said = await office.says("menu")
        assert any("đã trả kết quả" in text for text in said)
        assert any("thấy thế nào?" in text for text in said)
        assert (await office.costs()).held == 0
        assert "Anh/chị bấm hoặc gõ số" in said[0]
        assert office.zalo.world.refusals == []


async def test_where_zalo_counts_the_window_otherwise_than_we_news_wait_until_the_citizen_writes() -> None:
    async with an_office() as office:
        office.zalo.person(AN).last_interaction = None
        assert await office.hand_over() == []
        await office.wait(hours=30)
        codes = [code for _, code, _ in office.zalo.world.refusals]
        assert set(codes) == {-232}
        assert len(codes) <= 2  # the news and the invitation, each once
        said = "\n".join(await office.says("menu"))
        assert (said.count("đã trả kết quả"), said.count("thấy thế nào?")) == (1, 1)
        assert (await office.says("4"))[0].startswith("Đã ghi: 4")
        assert [code for _, code, _ in office.zalo.world.refusals] == codes


async def test_what_is_worth_paying_is_sent_counted_and_capped() -> None:
    async with an_office(ZALO_OA_PAID="status", **COSTS) as office:
        await office.wait(days=3)
        news = await office.hand_over()
        assert len(news) == 1
        assert "đã trả kết quả" in news[0]
        assert office.zalo.sent(AN)[-1].quota == "sub_quota"
        rows = await office.app.database.read(lambda c: c.execute(select(zalo_costs)).all())
        assert [(row.kind, row.quota, row.dong) for row in rows] == [("cs", "sub_quota", 55)]
        operations = ZaloOperations(office.app.database, office.app.keys, OA_ID, EmulatedClock(office.zalo))
        assert await operations.costs({}) == {"week": [1, 55], "month": [1, 55]}
        told = await office.costs()
        assert (told.week, told.month, told.held) == (Spent(1, 0, 55), Spent(1, 0, 55), 1)
        assert told.free == len(office.zalo.sent(AN)) - 1
        await office.wait(days=40)
        assert await operations.costs({}) == {"week": [0, 0], "month": [0, 0]}


async def test_later_the_rating_template_asks_and_its_answer_counts_once() -> None:
    async with an_office(ZALO_TEMPLATE_RATING=RATING.id, ZALO_TEMPLATE_STATUS=STATUS.id, **COSTS) as office:
        await office.wait(days=9)
        await office.hand_over()
        sent = [each for each in office.zalo.sent(AN) if each.kind == "template"]
        assert [(each.template or {})["template_id"] for each in sent] == [STATUS.id, RATING.id]
        assert all((each.template or {})["template_data"] == {"ma_ho_so": office.backend.dossier} for each in sent)
        assert (await office.count(zalo_costs), await office.count(zalo_templates)) == (2, 2)
        assert (await office.costs()).week == Spent(0, 2, 400)
        office.zalo.rate(AN, 4, note="nhanh")
        await office.quiet()
        stars = select(ratings.c.stars, ratings.c.supersedes)
        assert (await office.app.database.read(lambda c: c.execute(stars).all())) == [(4, None)]
        channel = office.app.channels["zalo_oa"]
        await channel._reconcile()  # type: ignore[attr-defined]
        await office.quiet()
        assert await office.count(ratings) == 1


@pytest.mark.parametrize("methods", [{"GET"}, {"POST"}])
async def test_a_rating_that_the_webhook_missed_comes_in_at_night(methods: set[str]) -> None:
    async with an_office(ZALO_TEMPLATE_RATING=RATING.id, **COSTS) as office:
        office.zalo.templates.methods = frozenset(methods)
        await office.wait(days=9)
        await office.hand_over()
        office.zalo.rate(AN, 2, told=False)
        await office.wait(minutes=5)
        assert await office.count(ratings) == 0
        channel = office.app.channels["zalo_oa"]
        channel._reconciled = None  # type: ignore[attr-defined]
        await channel._reconcile()  # type: ignore[attr-defined]
        await office.quiet()
        assert await office.count(ratings) == 1


async def test_erasing_leaves_nothing_of_the_chat() -> None:
    async with an_office(ZALO_TEMPLATE_RATING=RATING.id, **COSTS) as office:
        await office.wait(days=9)
        await office.hand_over()
        assert (await office.count(contacts), await office.count(zalo_templates)) == (1, 1)
        (said,) = await office.says("xóa dữ liệu")
        assert said.startswith("Đã xóa dữ liệu")
        assert (await office.count(contacts), await office.count(zalo_templates)) == (0, 0)


# --- feedback ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "stars"),
    [
        ({"msg_id": "z1", "option": "five_stars", "rate": 4}, 4),
        ({"msg_id": "z1", "option": "five_emotions", "rate": "5"}, 5),
        ({"msgId": "z1", "rate": 1}, 1),
        ({"msg_id": "z1", "option": "three_emotions", "rate": 3}, None),
        ({"msg_id": "z1", "option": "five_stars", "rate": 6}, None),
        ({"msg_id": "z1", "option": "five_stars", "rate": 0}, None),
        ({"msg_id": "z1", "option": "five_stars", "rate": None}, None),
        ({"msg_id": "z2", "option": "five_stars", "rate": 4}, None),
        ({}, None),
    ],
)
async def test_only_five_stars_of_our_own_question_count(told: dict[str, Any], stars: int | None) -> None:
    books = FakeBooks(questions={"z1": (chat(), "H15.07-261116-0001", 1)})
    found = await Outreach(Terms(), FakeContacts(), books, lambda: NOW).answered(told, NOW)
    assert (None if found is None else found.text) == (None if stars is None else f"rate {stars} H15.07-261116-0001 1")


async def test_an_answer_is_the_same_message_by_webhook_by_reconciliation_and_again() -> None:
    books = FakeBooks(questions={"z1": (chat(), "H15.07-261116-0001", 1)})
    outreach = Outreach(Terms(), FakeContacts(), books, lambda: NOW)
    told = ({"msg_id": "z1", "option": "five_stars", "rate": 4}, {"msgId": "z1", "rate": 4})
    found = [await outreach.answered(each, NOW + hours * HOUR) for each in told for hours in (0, 11)]
    assert {each.id for each in found if each is not None} == {"zbs:z1"}
    assert None not in found


async def test_pages_of_ratings_are_read_to_the_end() -> None:
    async with ZaloEmulator() as zalo:
        row = {"rate": 5, "template": RATING.id, "submitDate": str(int(zalo.world.clock.now() * 1000))}
        zalo.templates.ratings = [{**row, "msgId": str(n)} for n in range(2500)]
        http = ZaloHttp(Roots(zalo.base_url, zalo.base_url, zalo.base_url))
        later = datetime.now(UTC) + HOUR
        found = await read_ratings(http, zalo.grants.access, RATING.id, later)
        await http.close()
        assert [row["msgId"] for row in found] == [str(n) for n in range(2500)]
