"""What fingers, keyboards and ears do to a question, and what is made of it: pure, on a handful of words."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.finding.fold import accented, pairs, syllables
from procedures.finding.keyed import decoded, is_syllable
from procedures.finding.lay_words import LayWords
from procedures.finding.repair import Repairer, sounding_like, untelex
from procedures.finding.terms import ACCENTED, asked, readings
from procedures.finding.vectors import Rarity

WORDS = LayWords.load()
LINES = (
    *("đăng ký khai sinh cho con", "làm giấy khai sinh ở đâu", "giấy khai sinh bị mất xin cấp lại"),
    *("cấp lần đầu", "muốn làm giấy xác nhận", "bao lâu có giấy", "năm ngoái", "đổi căn cước", "xe máy", "nấu cơm"),
    *("xóa đăng ký thường trú", "giấy phép xây dựng", "mã số thuế cá nhân", "bằng lái xe"),
)


def terms(line: str) -> set[str]:
    tokens, typed = syllables(line), accented(line)
    return {*tokens, *pairs(tokens), *(ACCENTED + each for each in typed)}


def repairer(lines: Iterable[str] = LINES, words: Iterable[str] = ()) -> Repairer:
    rarity = Rarity({}, 0, [terms(line) for line in lines for _ in range(20)])
    return Repairer(rarity.numbers, rarity.weights, rarity.unseen, tuple(words), ("gplx",))


KNOWING = repairer()


@pytest.mark.parametrize(
    ("typed", "folded", "spelled"),
    [
        ("ddawng", "dang", "đăng"),
        ("kys", "ky", "ký"),
        ("keets", "ket", "kết"),
        ("hoon", "hon", "hôn"),
        ("dduwowngf", "duong", "đường"),
        ("truwowcs", "truoc", "trước"),
        ("thuees", "thue", "thuế"),
        ("tieesng", "tieng", "tiếng"),
        ("gif", "gi", "gì"),
        ("d9a8ng", "dang", "đăng"),
        ("kha63u", "khau", "khẩu"),
        ("d9u7o7ng2", "duong", "đường"),
        ("nghie65p", "nghiep", "nghiệp"),
    ],
)
def test_keys_of_telex_and_vni_are_decoded_with_their_diacritics(typed: str, folded: str, spelled: str) -> None:
    assert decoded(typed) == (folded, accented(spelled)[0])


@pytest.mark.parametrize(
    "typed", ["khai", "visa", "taxi", "test", "b2", "a1", "kt3", "h99", "2025", "x", "online", "đăng"]
)
def test_what_was_not_keyed_stays(typed: str) -> None:
    assert decoded(typed) is None


@given(st.text(alphabet="abcdeghiklmnopqrstuvxywfjz0123456789", max_size=9))
def test_what_is_decoded_is_a_syllable_and_was_none(typed: str) -> None:
    found = decoded(typed)
    assert found is None or (is_syllable(found[0]) and not is_syllable(typed) and syllables(found[1]) == [found[0]])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("khai snih", "khai sinh"),
        ("khia sinh", "khai sinh"),
        ("khais sinh", "khai sinh"),
        ("giay khao sinh", "giay khai sinh"),
        ("nau com", "nau com"),
        ("sinh xyz", "sinh xyz"),
        ("giay phepxay dung", "giay phep xay dung"),
        ("ma so thueca nhan", "ma so thue ca nhan"),
        ("giay khai sinh xin cap nai", "giay khai sinh xin cap lai"),
        ("cap nan dau", "cap lan dau"),
        ("muon nam giay", "muon lam giay"),
        ("sin cap lai", "xin cap lai"),
        ("bao nau co giay", "bao lau co giay"),
        ("nam ngoai", "nam ngoai"),
        ("xoa dang ky", "xoa dang ky"),
        ("doi gpplx", "doi gplx"),
        ("gizy bep", "giay bep"),
        ("giau bep", "giau bep"),
    ],
)
def test_a_clear_slip_is_repaired_and_what_is_right_stays(typed: str, meant: str) -> None:
    tokens = typed.split()
    assert " ".join(KNOWING.repaired(tokens, tokens)) == meant


def test_typed_diacritics_are_believed() -> None:
    """ "nấu" goes with neither neighbour here and sounds like a word that does: but it was typed as meant."""
    assert KNOWING.repaired(["muon", "nau", "giay"], accented("muốn nấu giấy")) == ["muon", "nau", "giay"]


@given(st.lists(st.text(alphabet="abceghilmnotuxy", min_size=1, max_size=8), max_size=8))
def test_as_many_texts_as_tokens_and_nothing_known_beside_what_is_known(tokens: list[str]) -> None:
    found = KNOWING.repaired(tokens, tokens)
    assert len(found) == len(tokens)
    assert all(
        KNOWING.knows(part) or part == "gplx" or right == token
        for right, token in zip(found, tokens, strict=True)
        for part in right.split()
    )


def test_sounds_go_both_ways() -> None:
    assert "lai" in set(sounding_like("nai"))
    assert "nai" in set(sounding_like("lai"))
    assert {"xin", "tra", "cuot"} <= {*sounding_like("sin"), *sounding_like("cha"), *sounding_like("cuoc")}
    assert not any(word == "xyz" for word in sounding_like("syz"))


@pytest.mark.parametrize(("typed", "meant"), [("giaays", "giay"), ("duongwf", "duong"), ("wng", "ung")])
def test_keys_anywhere_are_taken_out_of_what_nobody_knows(typed: str, meant: str) -> None:
    assert untelex(typed) == meant


def test_a_short_form_with_two_meanings_has_two_readings() -> None:
    found = [" ".join(each.tokens) for each in readings("giay kt", WORDS, KNOWING)]
    assert found == ["giay khai tu", "giay khuyet tat"]
    assert asked("giay kt", WORDS, KNOWING).tokens == ["giay", "khai", "tu"]


@pytest.mark.parametrize(("typed", "folded", "spelled"), [("ddkkh", "dkkh", "đkkh"), ("qsddd", "qsdd", "qsdđ")])
def test_short_forms_lose_their_keys_too(typed: str, folded: str, spelled: str) -> None:
    assert decoded(typed) == (folded, spelled)


def test_a_short_form_run_together_with_a_syllable_is_cut_off() -> None:
    assert asked("doigplx", WORDS, KNOWING).tokens == ["doi", "giay", "phep", "lai", "xe"]
    assert asked("gplxmay", WORDS, KNOWING).tokens == ["giay", "phep", "lai", "xe", "may"]


def test_one_reading_where_nothing_is_ambiguous() -> None:
    assert len(readings("làm gks ở đâu", WORDS, KNOWING)) == 1
