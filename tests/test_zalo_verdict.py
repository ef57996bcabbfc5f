"""What a failed call means: by host and code, and how wide the pause is while an administrator must act."""

from __future__ import annotations

import dis
import logging
from datetime import UTC, datetime, timedelta

import pytest

from channels.channel import Refused, TryLater
from channels.zalo_bot import ZaloBot
from channels.zalo_errors import TABLE, Host, Policy, policy
from channels.zalo_events import is_signed
from channels.zalo_http import ZaloError
from channels.zalo_token import NoToken
from channels.zalo_verdict import PAUSE, Verdicts
from handlers.messages import Purpose
from tests.zalo_world import AN, letter

NOON = datetime(2026, 11, 22, 5, 0, 20, tzinfo=UTC)
SAID = "user Nguyen Van A 0900000001"


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def verdicts(hand: Hand) -> Verdicts:
    return Verdicts(hand.now, lambda: 0.0, 1.0)


@pytest.mark.parametrize(
    ("host", "code", "expected"),
    [
        (Host.OA, -216, Policy.TOKEN),
        (Host.OA, -220, Policy.TOKEN),
        (Host.BUSINESS, -124, Policy.TOKEN),
        (Host.OA, -124, Policy.PERMANENT),
        (Host.BUSINESS, -216, Policy.PERMANENT),
        (Host.OA, -32, Policy.RATE),
        (Host.OA, -230, Policy.WINDOW),
        (Host.OA, -232, Policy.WINDOW),
        (Host.OA, -213, Policy.RECIPIENT),
        (Host.BUSINESS, -118, Policy.RECIPIENT),
        (Host.OA, -100, Policy.PAYLOAD),
        (Host.BUSINESS, -100, Policy.AGAIN),
        (Host.OA, -201, Policy.PAYLOAD),
        (Host.OA, -209, Policy.CONFIGURATION),
        (Host.BUSINESS, -131, Policy.CONFIGURATION),
        (Host.OAUTH, -14014, Policy.CONFIGURATION),
        (Host.OA, -211, Policy.MONEY),
        (Host.BUSINESS, -115, Policy.MONEY),
        (Host.OA, -234, Policy.NIGHT),
        (Host.BUSINESS, -133, Policy.NIGHT),
        (Host.OA, -200, Policy.AGAIN),
        (Host.OA, -248, Policy.PERMANENT),
        (Host.OA, -987654, Policy.PERMANENT),
        (Host.BUSINESS, -987654, Policy.PERMANENT),
    ],
)
def test_the_same_number_is_another_thing_at_another_host(host: Host, code: int, expected: Policy) -> None:
    assert policy(host, code) is expected


def test_every_code_of_the_table_is_acted_upon(hand: Hand) -> None:
    for host, codes in TABLE.items():
        for code, known in codes.items():
            made = Verdicts(hand.now, lambda: 0.0, 1.0).of(ZaloError(host, code, ""), letter())
            lasting = known in (Policy.WINDOW, Policy.RECIPIENT, Policy.PAYLOAD, Policy.PERMANENT)
            assert isinstance(made, Refused if lasting else TryLater), (host, code)


def test_an_unknown_code_is_for_good_and_is_noted_without_the_person(
    verdicts: Verdicts, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        outcome = verdicts.of(ZaloError(Host.OA, -987654, SAID), letter())
    assert isinstance(outcome, Refused)
    assert not outcome.blocked
    assert "-987654" in caplog.text
    assert not any(word in caplog.text + str(outcome) for word in ("0900000001", "Nguyen", AN))


def test_at_night_and_over_the_rate_it_waits(verdicts: Verdicts) -> None:
    rate = verdicts.of(ZaloError(Host.OA, -32, ""), letter())
    night = verdicts.of(ZaloError(Host.BUSINESS, -133, ""), letter())
    assert isinstance(rate, TryLater)
    assert (rate.after, rate.limited) == (40.0, True)
    assert isinstance(night, TryLater)
    assert night.after >= 600
    verdicts.check(letter())


@pytest.mark.parametrize(
    ("host", "code", "purpose", "answers_wait"),
    [
        (Host.BUSINESS, -115, Purpose.INVITATION, False),
        (Host.BUSINESS, -131, Purpose.NOTICE, False),
        (Host.OA, -211, Purpose.NOTICE, False),
        (Host.OA, -211, Purpose.ANSWER, True),
        (Host.OA, -209, Purpose.NOTICE, True),
        (Host.OA, -216, Purpose.INVITATION, True),
    ],
)
def test_who_writes_is_answered_although_nothing_can_be_bought(
    verdicts: Verdicts, hand: Hand, host: Host, code: int, purpose: Purpose, answers_wait: bool
) -> None:
    answer, ours = letter(), letter(seq=2, purpose=purpose)
    assert isinstance(verdicts.of(ZaloError(host, code, ""), ours), TryLater)
    assert verdicts.trouble is not None
    if answers_wait:
        with pytest.raises(TryLater):
            verdicts.check(answer)
    else:
        verdicts.check(answer)
        verdicts.well(answer)
        with pytest.raises(TryLater):
            verdicts.check(ours)
        assert verdicts.trouble is not None
    hand.at += PAUSE + timedelta(seconds=1)
    verdicts.check(ours)
    verdicts.well(ours)
    assert verdicts.trouble is None


def test_without_a_token_nothing_goes_and_it_is_told_until_something_is_taken(verdicts: Verdicts, hand: Hand) -> None:
    verdicts.of(NoToken("run motcua zalo login"), letter())
    hand.at += PAUSE * 2
    assert verdicts.trouble == "run motcua zalo login"
    verdicts.well(letter())
    assert verdicts.trouble is None


def test_what_can_no_longer_be_bought_is_no_trouble_once_nothing_waits(verdicts: Verdicts, hand: Hand) -> None:
    verdicts.of(ZaloError(Host.BUSINESS, -115, ""), letter(purpose=Purpose.NOTICE))
    hand.at += PAUSE * 2
    assert verdicts.trouble is None


def test_signatures_are_compared_in_constant_time() -> None:
    assert "compare_digest" in is_signed.__code__.co_names
    assert not any(each.opname == "COMPARE_OP" for each in dis.get_instructions(is_signed))
    assert "compare_digest" in ZaloBot._hooked.__code__.co_names
