"""What the search looks at: vectors packed and looked up, readings, marks, and candidates among few and among many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.finding.evidence import ABOUT, CANDIDATES, CHANNELS, MANY, MANY_FROM, NEARNESS
from procedures.finding.fold import accented, both, syllables
from procedures.finding.lay_words import LayWords
from procedures.finding.terms import Spoken, asking, bared, terms_of, weighed, written
from procedures.finding.vectors import Packed, Postings, Rarity, Vector
from procedures.search import Index
from tests import books
from tests.findable import Named

WORDS = LayWords.load()
COUNTED = Rarity({"giấy": 3, "khai sinh": 1, "ở": 5}, 6, ())
ABROAD, HELD = CHANNELS.index("unkept"), CHANNELS.index("held")
CONTENT, KNOWN = ABOUT.index("content"), ABOUT.index("known")


def entries(packed: Packed, place: int) -> dict[int, float]:
    part = packed.part(place, place + 1)
    return {int(term): float(weight) for term, weight in zip(part.terms, part.weights, strict=True) if weight}


@settings(max_examples=25)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["giấy", "khai sinh", "ở", "chưa ai viết"]), st.floats(0.1, 2)), max_size=6
    )
)
def test_packed_at_once_as_one_by_one(texts: list[dict[str, float]]) -> None:
    packed = COUNTED.packed(texts)
    assert len(packed.starts) == len(texts)
    for place, text in enumerate(texts):
        one: Vector = COUNTED.vector(text)
        assert entries(packed, place) == pytest.approx(dict(zip(one.terms, one.weights, strict=True)), rel=1e-5)


@settings(max_examples=25)
@given(st.lists(st.sets(st.integers(0, 4), max_size=4), min_size=1, max_size=6), st.sets(st.integers(0, 4), max_size=4))
def test_looking_up_by_term_gives_the_cosines(rows: list[set[int]], asked: set[int]) -> None:
    names = [f"t{number}" for number in range(5)]
    rarity = Rarity(dict.fromkeys(names, 1), 9, ())
    packed = rarity.packed([{names[term]: 1.0 + term for term in row} for row in rows])
    query = rarity.vector({names[term]: 1.0 for term in asked})
    dense = np.zeros(5, np.float32)
    dense[list(query.terms)] = query.weights
    assert Postings(packed, 5).cosines(query) == pytest.approx(packed.cosines(dense), abs=1e-6)


def test_parts_together_are_what_they_were() -> None:
    packed = COUNTED.packed([{"giấy": 1.0}, {}, {"ở": 1.0, "khai sinh": 2.0}, {"chưa ai viết": 1.0}])
    again = Packed.together([packed.part(0, 1), packed.part(1, 3), packed.part(3, 4)])
    assert [entries(again, place) for place in range(4)] == [entries(packed, place) for place in range(4)]


@settings(max_examples=25)
@given(st.text(max_size=40))
def test_both_forms_of_a_text_at_once(text: str) -> None:
    assert both(text) == (syllables(text), accented(text))


def test_words_of_every_question_are_told_apart() -> None:
    spoken = written("khai sinh cho con nộp ở đâu", WORDS)
    commons = asking(spoken, WORDS)
    assert [token for token, is_common in zip(spoken.tokens, commons, strict=True) if not is_common] == ["khai", "sinh"]
    assert bared(spoken, WORDS) == Spoken(["khai", "sinh"], ["khai", "sinh"])
    assert terms_of(spoken, commons) == weighed(spoken, WORDS)


DISABILITY = Named("1", "Xác định mức độ khuyết tật và cấp Giấy xác nhận khuyết tật", "Giấy xác nhận khuyết tật")
DEATH = Named("2", "Thủ tục đăng ký khai tử", "Đăng ký khai tử")
MARRIAGE = Named("3", "Thủ tục đăng ký kết hôn", "Đăng ký kết hôn")
MARRIAGE_ABROAD = Named("4", "Thủ tục đăng ký kết hôn có yếu tố nước ngoài", "Kết hôn với người nước ngoài")
FEW = (DISABILITY, DEATH, MARRIAGE, MARRIAGE_ABROAD)
INDEX = Index(FEW)


@pytest.mark.parametrize(
    ("text", "meant"), [("xin giấy xác nhận kt cho con", DISABILITY), ("đăng ký kt cho ông nội", DEATH)]
)
def test_of_two_readings_the_one_nearest_to_a_text_counts(text: str, meant: Named) -> None:
    assert INDEX.search(text)[0].procedure is meant


@pytest.mark.parametrize(
    ("text", "fulls"),
    [
        ("giay kt", ("giay khai tu", "giay khuyet tat")),
        ("trợ cấp kt", ("tro cap khai tu", "tro cap khuyet tat")),
        ("dk nvqs", ("dang ky nghia vu quan su", "dieu kien nghia vu quan su")),
        ("dk khai sinh", ("dang ky khai sinh", "dieu kien khai sinh")),
        ("be ks o dau", ("be khai sinh o dau", "be khach san o dau")),
        ("cc giay to", ("cong chung giay to", "can cuoc giay to", "chung cu giay to")),
    ],
)
def test_a_reading_that_is_not_looked_at_closely_would_not_have_counted(text: str, fulls: tuple[str, ...]) -> None:
    evidence = books.index().evidence
    looked = [evidence.candidates(full) for full in fulls]
    best = max(looked, key=lambda each: float(each.channels[:, NEARNESS].sum(axis=1).max()))
    assert evidence.candidates(text).spoken.tokens == best.spoken.tokens


def test_a_firm_mark_that_was_said_and_is_not_there_is_held_against() -> None:
    found = INDEX.evidence.candidates("chồng em là người Hàn, muốn đăng ký kết hôn")
    held = {FEW[int(number)].code: bool(row[ABROAD]) for number, row in zip(found.numbers, found.channels, strict=True)}
    assert held == {"1": True, "2": True, "3": True, "4": False}
    assert INDEX.search("chồng em là người Hàn, muốn đăng ký kết hôn")[0].procedure is MARRIAGE_ABROAD
    assert INDEX.search("muốn đăng ký kết hôn")[0].procedure is MARRIAGE


def test_how_much_of_a_question_is_not_in_every_question() -> None:
    alone, asked = (INDEX.evidence.candidates(text).about[CONTENT] for text in ("khai tử", "khai tử nộp ở đâu"))
    assert alone == 1
    assert 0 < asked < alone


def test_among_many_those_that_share_no_word_are_no_candidates() -> None:
    many = tuple(Named(str(number), f"Cấp giấy phép loại {number}") for number in range(10, 10 + MANY_FROM))
    index = Index((*FEW, *many))
    found = index.evidence.candidates("đăng ký kết hôn với người nước ngoài")
    assert len(found.numbers) <= MANY and {2, 3} <= set(found.numbers.tolist())
    assert index.search("đăng ký kết hôn với người nước ngoài")[0].procedure is MARRIAGE_ABROAD
    assert index.search("cấp giấy phép loại 17")[0].procedure is many[7]


def test_what_several_texts_hold_together_counts_once() -> None:
    """Of "giấy xác nhận khuyết tật" the name and the plain name hold every word, and twice is no more than once."""
    found = INDEX.evidence.candidates("giấy xác nhận khuyết tật")
    held = {FEW[int(n)].code: float(row[HELD]) for n, row in zip(found.numbers, found.channels, strict=True)}
    assert held["1"] == pytest.approx(1, abs=1e-5)
    assert held["2"] == held["3"] == 0
    both_kinds = Index((Named("5", "Thủ tục đăng ký khai tử", "Giấy chứng tử"),)).evidence
    name, plain, whole = (both_kinds.candidates(t) for t in ("khai tử", "chứng", "khai tử chứng"))
    parts = [float(each.channels[0, HELD]) for each in (name, plain, whole)]
    assert parts == pytest.approx([each.about[KNOWN] for each in (name, plain, whole)], abs=1e-5)
    assert parts[2] > float(whole.channels[0, CHANNELS.index("best")]) ** 2


def test_few_are_looked_at_closely() -> None:
    index = Index([Named(str(number), f"Cấp thẻ hạng {number}") for number in range(3 * CANDIDATES)])
    assert len(index.evidence.candidates("cấp thẻ hạng 5").numbers) == CANDIDATES
