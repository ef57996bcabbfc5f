"""The twelve points to confirm on the real account, each tried against the emulator as documented and otherwise."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.app import App
from bot.commands.zalo_points import CHECKS, Trier, tried
from bot.config import Settings, read_settings
from bot.control import Wrong
from bot.operations import Local, offered_by
from bot.program import Program, open_program
from bot.zalo.channel import make_zalo_bot, make_zalo_oa
from emulators.faults import Fault
from emulators.zalo import ZaloEmulator
from emulators.zalo_templates import RATING
from tests.telegram_world import SECRET
from tests.test_zalo_outreach import EmulatedClock
from tests.zalo_world import AN, SOON_AGAIN

pytestmark = pytest.mark.asyncio(loop_scope="module")
SILENT = "7000000000000000009"
WORD = re.compile(r"thu[a-z]{6}")
DAY = 86_400.0


@dataclass
class Person:
    """A console beside a phone: who reads what the command says, and does it."""

    zalo: ZaloEmulator
    does: bool = True
    lines: list[str] = field(default_factory=list)

    def out(self, text: str) -> None:
        self.lines.append(text)
        if text.startswith("http") and self.does:
            self.zalo.open_link(AN, text)

    def err(self, text: str) -> None:
        self.lines.append(text)
        if not self.does:
            return
        word = WORD.search(text)
        if "Nhắn bot" in text and word:
            self.zalo.bot.say(AN, word[0])
        elif "Nhắn chữ này" in text and word:
            self.zalo.say(AN, word[0])
        elif "tin bất kỳ" in text:
            self.zalo.say(AN, "chào")
        elif "Bấm" in text and "Nút 5" in text:
            self.zalo.tap(AN, "Nút 5")
        elif "ấy chấm mẫu" in text:
            self.zalo.rate(SILENT, 4)
        elif "Chấm mẫu" in text:
            self.zalo.rate(AN, 4)

    async def line(self) -> str | None:
        return None


@dataclass
class Desk:
    """The program before the emulator."""

    program: Program
    zalo: ZaloEmulator
    settings: Settings

    async def tries(
        self, point: int, user: str = AN, seconds: float = 600.0, *, does: bool = True, settings: Settings | None = None
    ) -> tuple[int, str]:
        """Exit code, and the last line."""
        await self.zalo.wait_until(lambda: self.zalo.hooks.waiting == 0)
        person = Person(self.zalo, does)
        clock = EmulatedClock(self.zalo)
        doer = Local(offered_by(self.program.app))
        given = settings or self.settings
        it = Trier(doer, given, person, user, seconds, clock.now, lambda _: asyncio.sleep(0.02))
        return await tried(point, it), person.lines[-1]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def desk() -> AsyncIterator[Desk]:
    async with ZaloEmulator() as zalo:
        ten = datetime.now(UTC).replace(hour=3, minute=0, second=0).timestamp() + DAY  # in Vietnam
        zalo.world.clock.move(ten - zalo.world.clock.now())
        zalo.grants.issue()
        zalo.hooks.ladder = SOON_AGAIN
        zalo.echoes = False  # signed like all events: they would tell of the one before
        given = {
            "MOTCUA_PORT": "0", "ZALO_OA_SIGNED_WITH": "either", "ZALO_TEMPLATE_RATING": RATING.id,
            "ZALO_OA_TEMPLATE_PRICE": "200", "ZALO_OA_MONTHLY_CAP": "100000", "ZALO_BOT_MODE": "webhook",
            "ZALO_BOT_WEBHOOK_SECRET": SECRET, **zalo.settings,
        }  # fmt: skip
        settings = read_settings(given, None)

        def channels(app: App) -> list[object]:
            return [make_zalo_oa(app), make_zalo_bot(app)]

        program = await open_program(settings, EmulatedClock(zalo), channels, memory=True)  # type: ignore[arg-type]
        assert await zalo.hooks.save(f"{program.address}/zalo/oa") == 200
        await zalo.bot.set_hook(f"{program.address}/zalo/bot", SECRET)
        zalo.bot.known.add(AN)
        zalo.world.touch(zalo.person(AN))  # whoever is tried has written once, whichever test comes first
        yield Desk(program, zalo, settings)
        zalo.hooks.url = None
        await program.stop()


@asynccontextmanager
async def silent_for_eight_days(zalo: ZaloEmulator) -> AsyncIterator[None]:
    zalo.world.person(SILENT).last_interaction = zalo.world.clock.now() - 8 * DAY
    yield
    del zalo.world.people[SILENT]


def at_night(zalo: ZaloEmulator) -> Callable[[], None]:
    """From ten in the morning to eleven at night; what takes it back."""
    zalo.world.clock.move(13 * 3600.0)
    return lambda: zalo.world.clock.move(-13 * 3600.0)


# --- as the machine takes it to be ------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", [1, 2, 4, 5, 6, 7, 8, 9, 12])
async def test_what_is_as_documented_is_confirmed(desk: Desk, point: int) -> None:
    desk.zalo.world.touch(desk.zalo.person(AN))
    code, said = await desk.tries(point)
    assert (code, said.startswith(f"ĐÚNG  {point}. ")) == (0, True), said


async def test_pkce_is_confirmed_by_a_consent_alone(desk: Desk) -> None:
    doer = Local(offered_by(desk.program.app))
    pair = {"access": desk.zalo.grants.access, "refresh": desk.zalo.grants.refresh, "seconds": 90_000}
    for came in ("", "import"):
        if came:
            await doer.do("zalo_put", came=came, **pair)
        with pytest.raises(Wrong, match="motcua zalo login"):
            await desk.tries(3)
    await doer.do("zalo_put", came="consent", **pair)
    assert await desk.tries(3) == (0, "ĐÚNG  3. Zalo đã cấp mã với mã xác minh mỗi lần một khác")


async def test_at_night_templates_are_refused(desk: Desk) -> None:
    with pytest.raises(Wrong, match="22 giờ"):
        await desk.tries(10)
    morning = at_night(desk.zalo)
    try:
        assert (await desk.tries(10))[0] == 0
    finally:
        morning()


async def test_a_rating_does_not_open_the_window(desk: Desk) -> None:
    async with silent_for_eight_days(desk.zalo):
        code, said = await desk.tries(11, SILENT)
        assert (code, "không mở lại cửa, đúng" in said) == (0, True)
        opened = dataclasses.replace(desk.settings, zalo=dataclasses.replace(desk.settings.zalo, oa_rating_opens=True))
        assert await desk.tries(11, SILENT, settings=opened) == (
            1, "KHÁC  11. chấm điểm không mở lại cửa: đặt ZALO_OA_RATING_OPENS=0"
        )  # fmt: skip


@pytest.mark.parametrize("user", ["", AN])
async def test_whether_it_does_is_not_tried_on_who_has_just_written(desk: Desk, user: str) -> None:
    desk.zalo.world.touch(desk.zalo.person(AN))
    with pytest.raises(Wrong, match="7 ngày"):
        await desk.tries(11, user)


async def test_whom_to_try_it_on_is_whoever_writes_the_word(desk: Desk) -> None:
    code, said = await desk.tries(7, "")
    assert code == 0, said


# --- otherwise --------------------------------------------------------------------------------------------------------

Change = Callable[[ZaloEmulator], Callable[[], None]]


def changed(target: Callable[[ZaloEmulator], object], name: str, value: object) -> Change:
    """Sets an attribute; what it gives sets it back."""

    def change(zalo: ZaloEmulator) -> Callable[[], None]:
        held = target(zalo)
        before = getattr(held, name)
        setattr(held, name, value)
        return lambda: setattr(held, name, before)

    return change


def without_rating_by_user(zalo: ZaloEmulator) -> Callable[[], None]:
    zalo.templates.known[RATING.id] = dataclasses.replace(RATING, by_user=False)
    return lambda: zalo.templates.known.__setitem__(RATING.id, RATING)


def limited(zalo: ZaloEmulator) -> Callable[[], None]:
    zalo.bot.faults.next("sendMessage", *(Fault.LIMITED,) * 2)
    return zalo.bot.faults.script.clear


def unknown_ids(zalo: ZaloEmulator) -> Callable[[], None]:
    """Answers come with another id than the template was given."""
    rate = zalo.templates.rate
    zalo.templates.rate = lambda *given: {**rate(*given), "msg_id": "zother", "tracking_id": ""}  # type: ignore[method-assign]
    return lambda: setattr(zalo.templates, "rate", rate)


OTHERWISE: dict[str, tuple[int, Change, str]] = {
    "signed with another key": (1, changed(lambda z: z.hooks, "secret", "another"), "ZALO_OA_SIGNED_WITH"),
    "buttons in the other form only": (
        2, changed(lambda z: z.messages, "shapes", frozenset({"template"})), "ZALO_OA_BUTTONS=template"
    ),
    "answers with other ids": (4, unknown_ids, "msg_id khác"),
    "templates by phone only": (5, without_rating_by_user, "ZALO_OA_PHONE_IMAGE"),
    "eight free messages": (7, changed(lambda z: z.world, "free_replies", 8), "từ tin thứ 9"),
    "nothing is filled in": (8, changed(lambda z: z, "prefills", False), "không thấy chữ điền sẵn"),
    "no package": (9, changed(lambda z: z.world, "package", ""), "gói"),
    "limits that last": (12, limited, "vẫn chưa gửi được"),
    "nothing comes again": (12, changed(lambda z: z.bot, "repeats", False), "không đến lại"),
}  # fmt: skip


@pytest.mark.parametrize("why", OTHERWISE)
async def test_what_is_otherwise_fails_and_says_what_to_change(desk: Desk, why: str) -> None:
    point, change, expected = OTHERWISE[why]
    desk.zalo.world.touch(desk.zalo.person(AN))
    back = change(desk.zalo)
    try:
        code, said = await desk.tries(point, seconds=600.0 if point in (1, 4) else 10.0)
    finally:
        back()
    assert (code, said.startswith(f"KHÁC  {point}. "), expected in said) == (1, True, True), said


async def test_templates_at_night_fail_the_tenth(desk: Desk) -> None:
    morning = at_night(desk.zalo)
    back = changed(lambda z: z.templates, "night", (3, 3))(desk.zalo)
    try:
        code, said = await desk.tries(10)
    finally:
        back()
        morning()
    assert (code, "vẫn gửi mẫu" in said) == (1, True)


@pytest.mark.parametrize("point", [4, 5, 11])
async def test_at_night_nothing_is_told_of_what_happens_by_day(desk: Desk, point: int) -> None:
    morning = at_night(desk.zalo)
    try:
        async with silent_for_eight_days(desk.zalo):
            with pytest.raises(Wrong, match="thử lại từ 6 giờ"):
                await desk.tries(point, SILENT if point == 11 else AN)
    finally:
        morning()


async def test_a_rating_that_opens_the_window_fails_the_eleventh(desk: Desk) -> None:
    back = changed(lambda z: z, "rating_opens", True)(desk.zalo)
    async with silent_for_eight_days(desk.zalo):
        try:
            assert await desk.tries(11, SILENT) == (
                1, "KHÁC  11. chấm điểm có mở lại cửa: đặt ZALO_OA_RATING_OPENS=1"
            )  # fmt: skip
        finally:
            back()


@pytest.mark.parametrize("point", [1, 2, 4, 8, 12])
async def test_who_does_nothing_is_told_so_in_the_end(desk: Desk, point: int) -> None:
    desk.zalo.world.touch(desk.zalo.person(AN))
    assert (await desk.tries(point, seconds=2.0, does=False))[0] == 1


async def test_another_oauth_server_fails_the_sixth(desk: Desk) -> None:
    desk.zalo.faults.next("access_token", Fault.GARBAGE)
    assert (await desk.tries(6))[0] == 1
    renewals = desk.zalo.grants.renewals
    assert (await desk.tries(6))[0] == 0
    assert desk.zalo.grants.renewals == renewals  # the real pair is not touched


async def test_every_point_has_its_number() -> None:
    assert [int((check.__doc__ or "0").split(".")[0]) for check in CHECKS] == list(range(1, 13))
