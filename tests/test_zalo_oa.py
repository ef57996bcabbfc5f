"""The Official Account's channel against a strict server: stored before acknowledged, nothing forged is taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from channels.channel import FileRefused, Letter, Refused, TryLater
from channels.zalo_account import Account
from channels.zalo_oa import SIGNATURE
from emulators.faults import Fault
from emulators.zalo import APP_ID, OA_ID, OA_SECRET, ZaloEmulator
from handlers.messages import Choice
from tests.telegram_channel import Store, until
from tests.test_telegram_letters import TROUBLES
from tests.zalo_world import AN, FakeContacts, channel, chat, hooked, letter


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    async with ZaloEmulator(speed=1000) as emulated:
        emulated.echoes = False
        yield emulated


@pytest.fixture
def store() -> Store:
    return Store()


FIVE = tuple(Choice(f"{n} sao", f"rate {n} X 1", str(n)) for n in (5, 4, 3, 2, 1))


async def test_a_message_in_and_a_letter_out(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    async with hooked(zalo, made):
        assert made.ready() is None
        zalo.say(AN, "làm khai sinh")
        await until(lambda: store.texts == ["làm khai sinh"])
        await made.send(letter("Anh/chị chấm mấy?", choices=FIVE))
        (sent,) = zalo.sent(AN)
        assert sent.text == "Anh/chị chấm mấy?"
        assert [(button.title, button.type, button.payload) for button in sent.buttons] == [
            (f"{n} sao", "oa.query.hide", f"#mc1:rate {n} X 1") for n in (5, 4, 3, 2, 1)
        ]
        zalo.tap(AN, "5 sao")
        await until(lambda: store.texts[-1] == "rate 5 X 1")
        assert zalo.world.refusals == []


async def test_the_console_saves_the_address_by_an_unsigned_probe(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    async with hooked(zalo, made) as url:
        assert await post(url, b"") == 200
        assert made.counts["unsigned"] == 2
        assert store.rows == {}


async def test_nothing_is_acknowledged_before_it_is_stored(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    async with hooked(zalo, made):
        store.gate.clear()
        event = zalo.say(AN, "một")
        await until(lambda: store.batches == [1])
        await asyncio.sleep(0.05)
        assert not event.statuses
        store.gate.set()
        await until(lambda: event.taken)


async def test_failing_storage_is_answered_503_and_zalo_comes_again(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    store.failures = 2
    async with hooked(zalo, made):
        event = zalo.say(AN, "một")
        await until(lambda: event.taken)
        assert (event.statuses, store.texts) == ([503, 503, 200], ["một"])


async def test_storage_that_hangs_is_answered_before_zalo_gives_up(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    async with hooked(zalo, made):
        store.gate.clear()
        event = zalo.say(AN, "một")
        await until(lambda: event.statuses == [503])
        store.gate.set()
        await until(lambda: event.taken)
        assert store.texts == ["một"]


async def test_after_five_failures_the_webhook_is_off_until_it_is_saved_again(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    zalo.hooks.ladder = (1.0,) * 5
    store.failures = 6
    async with hooked(zalo, made) as url:
        event = zalo.say(AN, "một")
        await until(lambda: not zalo.hooks.enabled)
        assert event.statuses == [503] * 6
        assert await zalo.hooks.save(url) == 200
        zalo.say(AN, "hai")
        await until(lambda: store.texts == ["hai"])


async def test_a_slow_answer_is_announced_by_a_reaction(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    async with hooked(zalo, made):
        await made.typing(AN)
        zalo.say(AN, "một")
        await until(lambda: len(store.rows) == 1)
        await made.typing(AN)
        assert zalo.world.reactions == [(AN, "/-strong")]
        zalo.grants.expire()
        await made.typing(AN)
        assert made.counts["reaction_failed"] == 1


# --- who may post -----------------------------------------------------------------------------------------------------


async def post(url: str, body: bytes, *headers: str) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=[(SIGNATURE, header) for header in headers]) as reply,
    ):
        return reply.status


async def test_forged_bodies_have_no_effect(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    async with hooked(zalo, made) as url:
        body, stamp = zalo.say(AN, "thật").body, zalo.hooks.events[-1].stamp
        await until(lambda: len(store.rows) == 1)
        right = zalo.hooks.sign(body, stamp)
        forgeries: list[tuple[bytes, tuple[str, ...]]] = [
            (body, ("mac=" + "0" * 64,)),
            (body, (right.removeprefix("mac="),)),
            (body, (right, right)),
            (body[:-1], (right,)),
            (body.replace(b":", b": "), (right,)),
            (body.replace("thật".encode(), "giả".encode()), (right,)),
            (b"[" * 100_000, (right,)),
            (b"[1]", (zalo.hooks.sign(b"[1]", ""),)),
            (b"", (zalo.hooks.sign(b"", ""),)),
        ]
        for forged, headers in forgeries:
            assert await post(url, forged, *headers) == 200
        assert await post(url, b"x" * (256 * 1024 + 1), right) == 413
        assert len(store.rows) == 1
        assert (made.counts["forged"], made.counts["oversized"], made.counts["message"]) == (len(forgeries), 1, 1)


@pytest.mark.parametrize("hours", [1 / 3600, 1, 11])
async def test_a_repetition_however_late_is_the_same_message(zalo: ZaloEmulator, store: Store, hours: float) -> None:
    made = channel(zalo, store)
    async with hooked(zalo, made) as url:
        event = zalo.say(AN, "một")
        await until(lambda: event.taken)
        zalo.world.clock.move(hours * 3600)
        assert await post(url, event.body, zalo.hooks.sign(event.body, event.stamp)) == 200
    restarted = channel(zalo, store)
    async with hooked(zalo, restarted) as url:
        assert await post(url, event.body, zalo.hooks.sign(event.body, event.stamp)) == 200
    assert (len(store.rows), store.batches) == (1, [1, 1, 1])


async def test_odd_writings_of_json_are_signed_as_they_are(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    zalo.hooks.odd = True
    async with hooked(zalo, made):
        for n in range(40):
            zalo.say(AN, f"câu {n}")
        await until(lambda: len(store.rows) == 40)
        assert made.counts["forged"] == 0


@pytest.mark.parametrize(
    ("signed_with", "taken"), [("app_id", {"app_id"}), ("oa_id", {"oa_id"}), ("either", {"app_id", "oa_id"})]
)
async def test_the_first_term_of_the_signature_is_a_setting(
    zalo: ZaloEmulator, store: Store, signed_with: str, taken: set[str]
) -> None:
    made = channel(zalo, store, account={"signed_with": signed_with})
    async with hooked(zalo, made):
        for name, term in (("app_id", zalo.world.app_id), ("oa_id", zalo.world.oa_id)):
            zalo.hooks.first_term = term
            event = zalo.say(AN, name)
            await until(lambda event=event: bool(event.statuses))  # type: ignore[misc]
        assert set(store.texts) == taken
        assert {name for name in ("app_id", "oa_id") if made.counts[f"signed_with_{name}"]} == taken


# --- officials in OA Manager ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [True, False])
async def test_while_an_official_answers_the_machine_is_quiet(zalo: ZaloEmulator, store: Store, named: bool) -> None:
    contacts = FakeContacts()
    made = channel(zalo, store, contacts)
    async with hooked(zalo, made):
        zalo.say(AN, "cho gặp cán bộ")
        await until(lambda: len(store.rows) == 1)
        zalo.world.clock.move(300)
        event = zalo.official(AN, "Chào bác, tôi nghe ạ", named=named)
        await until(lambda: event.taken)
        event = zalo.say(AN, "tôi hỏi giấy tờ")
        await until(lambda: event.taken)
        assert (len(store.rows), made.counts["left_to_official"]) == (1, 1)
        event = zalo.say(AN, "#mc1:menu")
        await until(lambda: event.taken)
        assert store.texts[-1] == "menu"
        zalo.world.clock.move(31 * 60)
        event = zalo.say(AN, "máy ơi")
        await until(lambda: event.taken)
        assert store.texts[-1] == "máy ơi"
    assert chat() in contacts.heard_at


async def test_our_own_echoes_are_no_official(zalo: ZaloEmulator, store: Store) -> None:
    contacts = FakeContacts()
    made = channel(zalo, store, contacts)
    zalo.echoes = True
    async with hooked(zalo, made):
        zalo.say(AN, "menu")
        await until(lambda: len(store.rows) == 1)
        zalo.world.clock.move(300)
        for n in range(20):
            await made.send(letter(f"câu {n}", seq=n))
        await until(lambda: made.counts["echo"] == 20)
        assert contacts.quiet == {}
    restarted = channel(zalo, store, contacts)
    async with hooked(zalo, restarted) as url:
        late = next(event for event in zalo.hooks.events if event.name == "oa_send_text")
        assert await post(url, late.body, zalo.hooks.sign(late.body, late.stamp)) == 200
        assert (restarted.counts["echo"], contacts.quiet) == (1, {})


# --- what goes wrong on the way out -----------------------------------------------------------------------------------


async def sent_by(zalo: ZaloEmulator, what: Letter, **more: object) -> TryLater | Refused | FileRefused | None:
    """Send one letter to somebody who has just written; what it raised."""
    zalo.world.touch(zalo.world.person(AN))
    made = channel(zalo, Store(), **more)
    try:
        await made.send(what)
    except (TryLater, Refused, FileRefused) as error:
        return error
    finally:
        await made.close()
    return None


@TROUBLES
async def test_troubles_of_a_letter(
    zalo: ZaloEmulator, fault: Fault, limited: bool, ambiguous: bool, taken: int
) -> None:
    zalo.faults.next("cs", fault)
    error = await sent_by(zalo, letter())
    assert isinstance(error, TryLater)
    assert (error.limited, error.ambiguous) == (limited, ambiguous)
    assert (0 < error.after <= 60) if limited else error.after == 0.01
    assert len(zalo.sent(AN)) == taken


async def test_a_failure_of_theirs_is_tried_once_more_then_given_up(zalo: ZaloEmulator) -> None:
    zalo.world.touch(zalo.world.person(AN))
    made = channel(zalo, Store())
    zalo.faults.next("cs", Fault.FAILING, Fault.FAILING)
    with pytest.raises(TryLater):
        await made.send(letter())
    with pytest.raises(Refused, match="again -200"):
        await made.send(letter())
    await made.close()


@pytest.mark.parametrize(
    ("days", "code"), [(6.9, None), (7.1, "window -230")]
)  # fmt: skip
async def test_the_window_of_seven_days(zalo: ZaloEmulator, days: float, code: str | None) -> None:
    zalo.world.touch(zalo.world.person(AN))
    zalo.world.clock.move(days * 86_400)
    zalo.grants.issue()
    made = channel(zalo, Store())
    if code is None:
        await made.send(letter())
        assert zalo.sent(AN)[0].quota == "sub_quota"
    else:
        with pytest.raises(Refused, match=code) as refused:
            await made.send(letter())
        assert not refused.value.blocked
    await made.close()


async def test_who_blocks_is_never_written_to_again(zalo: ZaloEmulator) -> None:
    zalo.block(AN)
    error = await sent_by(zalo, letter())
    assert isinstance(error, Refused)
    assert error.blocked


@pytest.mark.parametrize("shape", ["plain", "template"])
async def test_both_forms_of_buttons_are_a_setting(zalo: ZaloEmulator, shape: str) -> None:
    zalo.messages.shapes = frozenset({shape})
    assert await sent_by(zalo, letter("a", choices=FIVE), account={"buttons": shape}) is None
    assert len(zalo.sent(AN)[0].buttons) == 5


async def test_refused_buttons_go_as_text(zalo: ZaloEmulator) -> None:
    zalo.messages.shapes = frozenset({"template"})
    assert await sent_by(zalo, letter("a\n  5 sao", choices=FIVE)) is None
    (sent,) = zalo.sent(AN)
    assert (sent.text, sent.buttons) == ("a\n  5 sao", ())
    assert [code for _, code, _ in zalo.world.refusals] == [-201]


async def test_nothing_is_sent_while_an_administrator_must_act(zalo: ZaloEmulator) -> None:
    zalo.world.touch(zalo.world.person(AN))
    zalo.world.sub_quota, zalo.world.free_replies = 0, 0
    made = channel(zalo, Store())
    with pytest.raises(TryLater):
        await made.send(letter())
    assert "money" in (made.ready() or "") or made.ready() == "not started"
    calls = zalo.world.calls["cs"]
    with pytest.raises(TryLater):
        await made.send(letter(seq=2))
    assert zalo.world.calls["cs"] == calls
    zalo.world.sub_quota = 10
    zalo.world.clock.move(61)
    await made.send(letter())
    await made.close()


async def test_out_of_reach_nothing_is_lost_and_ready_says_so(zalo: ZaloEmulator, store: Store) -> None:
    await zalo.stop()
    made = channel(zalo, store)
    await made.start()
    assert "cannot be reached" in (made.ready() or "")
    with pytest.raises(TryLater) as later:
        await made.send(letter())
    assert not later.value.ambiguous
    await zalo.start()
    await until(lambda: made.ready() is None)
    await made.stop()
    await made.close()


async def test_a_dead_token_is_told_and_holds_everything_back(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    zalo.grants.expire()
    await made.start()
    assert "motcua zalo login" in (made.ready() or "")
    with pytest.raises(TryLater):
        await made.send(letter())
    await made.stop()
    await made.close()


def test_the_account_shows_no_secret() -> None:
    assert OA_SECRET not in repr(Account(APP_ID, OA_ID, OA_SECRET))
