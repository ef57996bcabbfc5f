"""What is asked, and what is understood of what people type in answer."""

from __future__ import annotations

import csv
import itertools
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings import spellings
from ratings.rating import (
    DEFAULT,
    AskSure,
    Declined,
    InstrumentBroken,
    NotReceived,
    Other,
    Reading,
    Stars,
    Unclear,
    default_instrument,
    load_instrument,
    read_stars,
)
from ratings.spellings import fold

TABLE = Path(__file__).parent / "ratings_readings.csv"
MEANINGS: dict[str, Reading] = {
    **{str(stars): Stars(stars) for stars in range(1, 6)},
    **{f"{stars}?": AskSure(stars) for stars in range(1, 6)},
    "unclear": Unclear(),
    "declined": Declined(),
    "not received": NotReceived(),
    "other": Other(),
}


def rows() -> list[tuple[str, Reading]]:
    """The table of texts: "5" is five stars, "5?" is asked back."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [(row["text"], MEANINGS[row["reading"]]) for row in csv.DictReader(file)]


def test_what_a_text_says() -> None:
    assert len(rows()) > 300
    for text, reading in rows():
        for written in (text, unicodedata.normalize("NFD", text), f"  {text.upper()}\n"):
            assert read_stars(written) == reading, text


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "\ufe0f"])
def test_nothing_said(text: str) -> None:
    assert read_stars(text) == Unclear()


def test_a_long_text_is_no_rating() -> None:
    assert read_stars("5 sao " + "rất nhiệt tình " * 20) == Other()


@pytest.mark.parametrize("stars", range(1, 6))
def test_every_label_is_its_number(stars: int) -> None:
    label = default_instrument().label(stars)
    for written in (label, fold(label), label.replace(" – ", " "), label.upper(), label.replace("–", "-")):
        assert read_stars(written) == Stars(stars)


NUMBERED = [
    text for text, reading in rows() if isinstance(reading, Stars) and not text.lower().startswith(("r", "dạ r"))
]
ANOTHER = [
    "0",
    "1",
    "2",
    "3",
    "4",
    "6",
    "7",
    "9",
    "10",
    "15",
    "100",
    "ba",
    "sáu",
    "mười",
    "trăm",
    "hai",
    "một",
    "7/10",
    "½",
]
GLUE = [" ", ", ", " - ", " hoặc ", " rồi ", ". ", "\n"]


@pytest.mark.parametrize("number", ANOTHER)
def test_with_another_number_it_is_never_stars(number: str) -> None:
    texts = [text for text in NUMBERED if any(c.isalnum() for c in text)]
    assert len(texts) > 50
    for text, glue in itertools.product(texts, GLUE):
        assert not isinstance(read_stars(number + glue + text), Stars), number + glue + text
        assert not isinstance(read_stars(text + glue + number), Stars), text + glue + number


@settings(deadline=None)
@given(
    st.sampled_from(NUMBERED),
    st.integers(0, 10**6).map(str),
    st.text(" ,.;:-–()", min_size=1, max_size=3),
    st.booleans(),
)
def test_with_any_other_number_it_is_never_stars(text: str, number: str, glue: str, first: bool) -> None:
    if any(c.isalnum() for c in text):
        assert not isinstance(read_stars(number + glue + text if first else text + glue + number), Stars)


def test_no_courtesy_hides_a_number() -> None:
    numbers = [
        fold(word) for word in ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "tư", "vài")
    ]
    for words in (spellings.BEFORE, spellings.AFTER, spellings.KIN, spellings.TURNS):
        assert not {fold(word) for word in words} & set(numbers)


NEGATIONS = ["không", "khong", "ko", "chưa", "chua", "chẳng", "chả", "không hề", "chưa thực sự", "không được"]


@settings(deadline=None)
@given(
    st.sampled_from(NEGATIONS), st.sampled_from(["hài lòng", "hai long"]), st.sampled_from(["", " lắm", " lam", " ạ"])
)
def test_a_negation_never_reads_as_satisfied(negation: str, satisfied: str, end: str) -> None:
    assert read_stars(f"{negation} {satisfied}{end}") == AskSure(2)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_one_reading_and_nfd_has_the_same(text: str) -> None:
    assert read_stars(unicodedata.normalize("NFD", text)) == read_stars(unicodedata.normalize("NFC", text))


@settings(deadline=None)
@given(st.lists(st.sampled_from([*"012345 .,/-⭐☆đ", "sao", " không ", " hài lòng", " rất ", "năm", "?"]), max_size=6))
def test_only_one_to_five_come_out(parts: list[str]) -> None:
    reading = read_stars("".join(parts))
    if isinstance(reading, Stars | AskSure):
        assert 1 <= reading.stars <= 5


def test_the_default_instrument() -> None:
    instrument = default_instrument()
    assert instrument.label(5) == "5 – Rất hài lòng"
    assert instrument.label(1) == "1 – Rất không hài lòng"
    assert [chip.label for chip in instrument.chips(3)] == [
        "Phải chờ lâu, trễ hẹn",
        "Hẹn đi hẹn lại",
        "Hướng dẫn không rõ",
        "Thái độ",
        "Đòi thêm giấy tờ",
        "Việc khác",
    ]
    assert instrument.chips(4) == instrument.high and instrument.chips(1) == instrument.low
    assert len(instrument.high) == 6 and instrument.high[-1].label == "Việc khác"
    waiting = instrument.chip("waiting")
    assert waiting is not None and waiting.label.startswith("Phải chờ")
    assert instrument.chip("nothing") is None


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("version: motcua-2026-3", "", "'version' is missing"),
        ("1 – Rất không hài lòng", "1 – Hoàn toàn không hài lòng", "has 28 characters"),
        ("5 – Rất hài lòng", "Rất hài lòng", "should begin with 5"),
        ("code: manner", "code: waiting", "'waiting' should be an unused"),
        ("code: manner", "code: thái_độ", "'thái_độ' should be an unused"),
        ("code: manner", "code: no", "False should be a text"),
        ('{stars: 3, label: "3 – Bình thường"}', "{stars: 3}", "'label' is missing"),
        ("  - {stars: 3", "  - {stars: 6", "5, 4, 3, 2, 1"),
        ('    - {code: online, label: "Nộp qua mạng tiện"}\n', "", "as many low reasons"),
        ("  comment: rate.comment", "  other: x", "'comment' is missing"),
        ("version: motcua-2026-3", "version: [", "expected"),
    ],
)
def test_a_broken_instrument_names_its_mistake(tmp_path: Path, before: str, after: str, why: str) -> None:
    text = DEFAULT.read_text(encoding="utf-8")
    assert before in text
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(InstrumentBroken, match=why) as raised:
        load_instrument(file)
    assert str(raised.value).startswith(str(file))
