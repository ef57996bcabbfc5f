"""Dossier codes in what people type: what is one, what only looks like one, what was probably meant."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.code import DossierCode, find_codes, locate, suggest
from onestop.ministries import ministry

FOUND = [
    # label, typed, printed forms
    ("new style", "H99.07-261116-0007", ["H99.07-261116-0007"]),
    ("old style", "000.00.07.H99-261116-0007", ["000.00.07.H99-261116-0007"]),
    ("long day and number", "H99.07-20261116-0000007", ["H99.07-20261116-0000007"]),
    ("a real old one", "000.00.12.H62-201105-0004", ["000.00.12.H62-201105-0004"]),
    ("four levels", "H15.50.05.13-261008-0975", ["H15.50.05.13-261008-0975"]),
    ("a ministry's", "G09.20-20260609-0092637", ["G09.20-20260609-0092637"]),
    ("lower case", "h99.07-261116-0007", ["H99.07-261116-0007"]),
    ("a sentence", "cho hỏi hồ sơ H99.07-261116-0007 xong chưa ạ?", ["H99.07-261116-0007"]),
    ("glued to a colon", "mã:H99.07-261116-0007.", ["H99.07-261116-0007"]),
    ("blanks for dashes", "H99.07 261116 0007", ["H99.07-261116-0007"]),
    ("blanks everywhere", "h 99 . 07 - 261116 - 0007", ["H99.07-261116-0007"]),
    ("old style with blanks", "000 00 07 h99 261116 0007", ["000.00.07.H99-261116-0007"]),
    ("commas of a phone's keys", "H99,07-261116-0007", ["H99.07-261116-0007"]),
    ("dots for dashes", "H99.07.261116.0007", ["H99.07-261116-0007"]),
    ("en dash", "H99.07–261116–0007", ["H99.07-261116-0007"]),
    (
        "em dash, minus, non-breaking hyphen",
        "H99.07—261116−0007, H99.08\u2011261116\u20110001",
        ["H99.07-261116-0007", "H99.08-261116-0001"],
    ),
    ("non-breaking and thin blanks", "H99.07\u00a0-\u2009261116\u202f-\u00a00007", ["H99.07-261116-0007"]),
    ("zero-width characters", "H99.07-\u200b261116-\ufeff0007", ["H99.07-261116-0007"]),
    ("full-width", "Ｈ９９．０７－２６１１１６－０００７", ["H99.07-261116-0007"]),
    ("over two lines", "H99.07-261116\n-0007", ["H99.07-261116-0007"]),
    ("a dash forgotten", "H99.07-2611160007", ["H99.07-261116-0007"]),
    ("the other dash forgotten", "H99.07261116-0007", ["H99.07-261116-0007"]),
    ("both dashes forgotten", "H99.072611160007", ["H99.07-261116-0007"]),
    ("a dash forgotten in the long form", "H99.07-202611160000007", ["H99.07-20261116-0000007"]),
    ("the province itself", "H99-261116-0007", ["H99-261116-0007"]),
    ("with the proof behind", "H99.07-261116-0007 4821", ["H99.07-261116-0007"]),
    ("with a phone behind", "H99.07-261116-0007 0912345678", ["H99.07-261116-0007"]),
    ("digits of another thing before", "năm 2026 H99.07-261116-0007", ["H99.07-261116-0007"]),
    ("a phone before", "0912 000 111 22 H99.07-261116-0007", ["H99.07-261116-0007"]),
    ("letters behind", "H99.07-261116-0007của tôi", ["H99.07-261116-0007"]),
    (
        "two, one of them twice",
        "H99.07-261116-0007 và H99.02-261102-0031, H99.07-261116-0007",
        ["H99.07-261116-0007", "H99.02-261102-0031"],
    ),
    ("the same in two styles", "H99.07-261116-0007 (000.00.07.H99-261116-0007)", ["H99.07-261116-0007"]),
]

NOT_FOUND = [
    ("payment id", "G22.99.3-241219795252"),
    ("payment id without its last level", "G22.99-241219795252"),
    ("identity number", "099201001234"),
    ("phone", "0912345678 hoặc 0912.345.678"),
    ("unit and phone", "H99 0912345678"),
    ("unit and identity number", "H99.07 099201001234"),
    ("a procedure's code", "3.000181.000.00.00.H22"),
    ("a house number", "nhà H15 ngõ 26 đường 1116"),
    ("no such day", "H99.07-261316-0007"),
    ("no such day in February", "H99.07-260230-0007"),
    ("a day long ago", "H99.07-991116-0007"),
    ("three-figure number", "H99.07-261116-007"),
    ("eight-figure number", "H99.07-261116-00000007"),
    ("part of a word", "QH99.07-261116-0007"),
    ("an old code without its beginning", "12.H62-201105-0004"),
    ("another letter", "K99.07-261116-0007"),
    ("two readings: 07-221101-50007 or 072-211015-0007", "H99.0722110150007"),
    ("a slip at the end", "H99.07-261116-0007O"),
    ("nothing", ""),
]

MEANT = [
    ("O for 0", "H99.O7-261116-OOO7", "H99.07-261116-0007"),
    ("l and I for 1", "h99.07-26lI16-0007", "H99.07-261116-0007"),
    ("in a sentence", "hồ sơ H99.07-26111б-0007 hay H99.07-261116-000l", "H99.07-261116-0001"),
    ("dot forgotten", "H9907-261116-0007", "H99.07-261116-0007"),
    ("nothing but figures", "H99072611160007", "H99.07-261116-0007"),
    ("letter forgotten", "99.07-261116-0007", "H99.07-261116-0007"),
    ("already right", "H99.07-261116-0007", None),
    ("two possible", "H99.O7-261116-0007 H99.O8-261116-0007", None),
    ("payment id", "G22.99.3-24l2l9795252", None),
    ("identity number", "O99201001234", None),
    ("plain words", "cho tôi hỏi làm lại giấy khai sinh bị mất thì cần gì", None),
]


@pytest.mark.parametrize(("label", "typed", "printed"), FOUND, ids=[row[0] for row in FOUND])
def test_found(label: str, typed: str, printed: list[str]) -> None:
    assert [code.printed for code in find_codes(typed)] == printed


@pytest.mark.parametrize(("label", "typed"), NOT_FOUND, ids=[row[0] for row in NOT_FOUND])
def test_not_a_code(label: str, typed: str) -> None:
    assert find_codes(typed) == ()


@pytest.mark.parametrize(("label", "typed", "meant"), MEANT, ids=[row[0] for row in MEANT])
def test_suggest(label: str, typed: str, meant: str | None) -> None:
    guess = suggest(typed)
    assert (None if guess is None else guess.printed) == meant


def test_three_ways_of_printing_are_one_dossier() -> None:
    ways = ["000.00.07.H99-261116-0007", "H99.07-261116-0007", "H99.07-20261116-0000007"]
    codes = [DossierCode.parse(way) for way in ways]
    assert {code.canonical for code in codes} == {"H99.07-261116-0007"} and len(set(codes)) == 1
    assert [code.printed for code in codes] == ways
    assert codes[0].unit == "H99.07" and codes[0].day == date(2026, 11, 16) and codes[0].number == 7
    assert codes[2].forms == ("H99.07-20261116-0000007", "H99.07-261116-0007", "000.00.07.H99-261116-0007")
    assert DossierCode.parse("H15.50.05.013-261008-0975").forms[-1] == "013.05.50.H15-261008-0975"


@pytest.mark.parametrize("typed", ["", "x", "H99.07-261116-0007 ạ", "H99.07-261116-0007 H99.07-261116-0008"])
def test_parse_wants_one_code_and_nothing_else(typed: str) -> None:
    with pytest.raises(ValueError, match="not a dossier code"):
        DossierCode.parse(typed)


def test_where_a_code_stands() -> None:
    text = "mã\u200b  h99.07\u2013261116\u2013\u200b0007, và H99.08-261118-0012."
    assert [text[start:end] for _, start, end in locate(text)] == [
        "h99.07\u2013261116\u2013\u200b0007",
        "H99.08-261118-0012",
    ]
    assert [code for code, _, _ in locate(text)] == list(find_codes(text))


def test_ministries() -> None:
    def agency(code: str) -> str | None:
        found = ministry(DossierCode.parse(code))
        return None if found is None else found.agency

    assert agency("G01.20-20260609-0092637") == "ngành Công an"
    assert agency("000.00.18.G12-261116-0007") == agency("G12.18-261116-000123") == "ngành Tài chính, gồm cả thuế"
    birth = ministry(DossierCode.parse("G22.99.08-260921-896048"))
    assert birth is not None and "liên thông" in birth.agency and "hỏi quầy đã nhận hồ sơ" in birth.where
    assert agency("G77.20-20260609-0092637") == "một bộ, ngành ở trung ương"
    assert agency("H99.07-261116-0007") is None


def test_a_hostile_text_costs_little() -> None:
    started = process_time()
    for text in (
        "H99 " + " " * 4000,
        "H99." * 1000,
        "000 " * 1000,
        "H99 26 " * 600,
        "H99 26  " * 500,
        "H99" + " \t" * 2000 + "1",
        "9" * 4000,
        "O" * 4000,
    ):
        find_codes(text)
        suggest(text)
    assert process_time() - started < 2


units = st.builds(
    lambda top, parts: ".".join([top, *parts]),
    st.sampled_from(["H01", "H46", "H62", "H99", "G09"]),
    st.lists(st.integers(1, 99).map("{:02d}".format), max_size=2),
)
days = st.dates(date(2015, 1, 1), date(2039, 12, 31))
numbers = st.integers(0, 9999)
dashes = st.sampled_from(["-", " - ", "\u2013", "\u2014", "\u2212", "\u2011", " ", "\u00a0", "-\u200b"])
words = st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxy ,?"), max_size=12)


@given(units, days, numbers, dashes, st.booleans(), st.booleans(), words, words)
def test_however_it_is_typed_it_is_the_same_code(
    unit: str, day: date, number: int, dash: str, long: bool, lower: bool, before: str, after: str
) -> None:
    typed = dash.join(
        [unit, f"{day:%Y%m%d}" if long else f"{day:%y%m%d}", f"{number:07d}" if long else f"{number:04d}"]
    )
    (code,) = find_codes(f"{before} {typed.lower() if lower else typed} {after}")
    assert (code.unit, code.day, code.number) == (unit, day, number)
    assert code == DossierCode.parse(code.canonical) == DossierCode.parse(code.forms[-1])
    assert find_codes(code.printed)[0].printed == code.printed
    assert suggest(typed) is None


@given(units, days, numbers, st.data())
def test_slips_of_the_finger_are_guessed(unit: str, day: date, number: int, data: st.DataObject) -> None:
    canonical = f"{unit}-{day:%y%m%d}-{number:04d}"
    slipped = "".join(
        data.draw(st.sampled_from({"0": "0Oo", "1": "1lI"}.get(character, character))) for character in canonical
    )
    code = suggest(slipped) or find_codes(slipped)[0]
    assert code.canonical == canonical


@given(st.from_regex(r"\A(0[0-9]{11}|\+?84[0-9]{9}|0[1-9][0-9]{8}|G22\.99\.[0-9]-[0-9]{12})\Z"), words, words)
def test_identity_numbers_phones_and_payments_are_never_codes(number: str, before: str, after: str) -> None:
    assert find_codes(f"{before} {number} {after}") == ()


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for code in find_codes(text):
        assert DossierCode.parse(code.printed) == code
    suggest(text)


@given(
    st.sampled_from(["H99", "G09"]),
    st.lists(st.integers(0, 99), max_size=3),
    st.dates(date(2016, 1, 1), date(2029, 12, 31)),
    st.sampled_from(["%y%m%d", "%Y%m%d"]),
    st.integers(0, 9_999_999),
    st.integers(4, 7),
    st.booleans(),
)
def test_reading_a_printed_code_at_once_is_reading_it_like_any_text(
    top: str, levels: list[int], day: date, form: str, number: int, width: int, old: bool
) -> None:
    if old:
        unit = f"{(levels or [0])[0]:03}.{(levels or [0])[-1]:02}.07.{top}"
    else:
        unit = ".".join([top, *(f"{level:02}" for level in levels)])
    code = f"{unit}-{day:{form}}-{number % 10**width:0{width}}"
    like_any_text = find_codes(f"mã {code}")
    if like_any_text:
        parsed = DossierCode.parse(code)
        assert (parsed, parsed.printed) == (like_any_text[0], like_any_text[0].printed)
