"""At the door: what is stored of a text. Codes of dossiers survive, numbers that name a person do not."""

from __future__ import annotations

import time
import unicodedata
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from handlers.reading.door import LONGEST, clean_and_mask, holds_masked, without_masks
from onestop.code import find_codes

MASKED = {
    "sđt 0912345678 nhé": "sđt …5678 nhé",
    "0912 345 678": "…5678",
    "0912.345.678": "…5678",
    "+84 912 345 678": "…5678",
    "(+84) 912-345-678": "…5678",
    "0084912345678": "…5678",
    "84912345678": "…5678",
    "0243 123 4567": "…4567",
    "0100 000 123": "…0123",
    "4821 0912 345 678": "4821 …5678",
    "099300000001 Nguyễn Văn A": "[CCCD] Nguyễn Văn A",
    "cccd 001.088.123456": "cccd [CCCD]",
    "099 300 000 001": "[CCCD]",
    "240123456789": "[CCCD]",
    "thẻ 9704 3668 0123 4567 89": "thẻ [số thẻ]",
    "4111111111111111": "[số thẻ]",
    "4111-1111-1111-1111": "[số thẻ]",
    "1234567890123456 7": "[số thẻ] 7",
    "gửi a.b+c@thu.com.vn nhé": "gửi [e-mail] nhé",
    "mã OTP là 482913 đúng ko": "mã OTP là [OTP] đúng ko",
    "otp 4829": "otp [OTP]",
    "a@b.vn": "[e-mail]",
    "+123456789": "…6789",
    "H99.07-261116-0007 0912345678": "H99.07-261116-0007 …5678",
    "000.00.07.H99-261116-0007 gọi 0912345678": "000.00.07.H99-261116-0007 gọi …5678",
    "0912345678 đồng chí Ba": "…5678 đồng chí Ba",
}
KEPT = (
    "H99.07-261116-0007 4821",
    "h99 07 261116 0007",
    "H99.07-20261116-0000007",
    "thủ tục 1.001193 và 1.001193.000.00.00.H99",
    "G22.99.3-241219795252",
    "84.912.345.678 đồng",
    "84.000.000.000 đồng",
    "sinh 02-11-2026 10 giờ",
    "2015 2018 2020 2022",
    "4821",
    "…4821",
    "tổng đài 18001096",
    "làm khai sinh cho con cần giấy gì",
)


@pytest.mark.parametrize(("typed", "stored"), MASKED.items())
def test_masked(typed: str, stored: str) -> None:
    assert clean_and_mask(typed) == stored
    assert clean_and_mask(stored) == stored


@pytest.mark.parametrize("text", KEPT)
def test_kept(text: str) -> None:
    assert clean_and_mask(text) == text


def test_what_is_masked_is_known_as_such() -> None:
    assert holds_masked("[CCCD] Nguyễn Văn A")
    assert not holds_masked("gọi …4821")
    assert without_masks("làm căn cước [CCCD] …4821").split() == ["làm", "căn", "cước"]


def test_cleaned() -> None:
    assert clean_and_mask("a\x00b\ud800c\u202ed\ufeff\u200be") == "abcde"
    assert clean_and_mask(unicodedata.normalize("NFD", "hồ sơ")) == "hồ sơ"
    assert clean_and_mask("một\r\nhai\tba\u2028bốn") == "một\nhai ba bốn"
    assert len(clean_and_mask("a" * 9000)) == LONGEST


CODES = st.builds(
    "{}-{:%y%m%d}-{:04d}".format,
    st.sampled_from(("H99.07", "H15.50.05", "000.00.07.H99", "000.00.12.H62", "G09.20")),
    st.dates(min_value=date(2016, 1, 1), max_value=date(2038, 12, 31)),
    st.integers(1, 9999),
)
NEAR = st.text("0123456789 .-+()@abơđ,\n[]…HG", max_size=40)


@given(CODES, NEAR, NEAR)
def test_a_dossier_code_survives_whatever_stands_around_it(code: str, before: str, after: str) -> None:
    text = f"{before} ; {code} ; {after}"
    assume(code in [found.printed for found in find_codes(text)])
    assert code in clean_and_mask(text)


@given(NEAR)
def test_the_codes_read_are_the_same_after_masking(text: str) -> None:
    assert [c.printed for c in find_codes(clean_and_mask(text))] == [c.printed for c in find_codes(text)]


@given(st.text(max_size=200))
def test_what_is_stored_is_clean_and_masking_again_changes_nothing(text: str) -> None:
    stored = clean_and_mask(text)
    assert unicodedata.is_normalized("NFC", stored)
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Cf") for character in stored if character != "\n")
    assert clean_and_mask(stored) == stored


@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True), st.sampled_from(("", " ", ".", "-")), NEAR)
def test_no_phone_gets_in(phone: str, gap: str, before: str) -> None:
    typed = gap.join((phone[:4], phone[4:7], phone[7:]))
    stored = clean_and_mask(f"{before}, {typed} ạ")
    assert typed not in stored
    assert f"…{phone[-4:]}" in stored


@given(st.from_regex(r"0[0-9]{11}", fullmatch=True), NEAR)
def test_no_identity_number_gets_in(number: str, before: str) -> None:
    assert number not in clean_and_mask(f"{before}, {number}, ạ")


@pytest.mark.parametrize("text", ["1 " * 2048, "0 9" * 1365, "(" * 4096, "a." * 2000 + "@", "otp " * 1000])
def test_a_hostile_text_costs_little(text: str) -> None:
    start = time.process_time()
    clean_and_mask(text)
    assert time.process_time() - start < 1
