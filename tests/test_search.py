"""From what was typed to the procedure meant: folding, repairing, ranking, deciding, and the facts asked for."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from procedures.finding.facets import Facet, facets
from procedures.finding.fold import accented, fold, syllables
from procedures.finding.lay_words import LayWords
from procedures.finding.repair import Repairer
from procedures.finding.terms import ACCENTED, asked, marks_in, weighed, with_meanings, written
from procedures.reading import CatalogError
from procedures.search import Answer, Ask, Index, Unknown, bundled
from tests import books
from tests.findable import Named

WORDS = LayWords.load()
BIRTH = Named("1", "Thủ tục đăng ký khai sinh", "Đăng ký khai sinh", ("làm giấy khai sinh", "khai sinh cho con"))
BIRTH_ABROAD = Named("2", "Thủ tục đăng ký khai sinh có yếu tố nước ngoài", "Khai sinh có yếu tố nước ngoài")
BIRTH_AGAIN = Named(
    "3", "Thủ tục đăng ký lại khai sinh", "Đăng ký lại khai sinh", ("mất giấy khai sinh, sổ không còn",)
)
BIRTH_MOBILE = Named("4", "Thủ tục đăng ký khai sinh lưu động")
DEATH = Named("5", "Thủ tục đăng ký khai tử", "Đăng ký khai tử", ("làm giấy chứng tử",))
MARRIAGE = Named("6", "Thủ tục đăng ký kết hôn", "Đăng ký kết hôn", ("làm hôn thú",))
CARD_LOST = Named("7", "Cấp lại thẻ căn cước", "Làm lại thẻ căn cước", ("mất căn cước",))
CARD_CHANGED = Named("8", "Cấp đổi thẻ căn cước", "Đổi thẻ căn cước", ("căn cước hết hạn",))
COPY = Named("9", "Thủ tục chứng thực bản sao từ bản chính", "Chứng thực bản sao", ("sao y bản chính",))
MOVED_OUT = Named("10", "Xóa đăng ký thường trú", "Xóa đăng ký thường trú")
SHOP = Named("11", "Đăng ký thành lập hộ kinh doanh", "Mở hộ kinh doanh", ("mở quán", "giấy phép kinh doanh"))
ALL = (
    *(BIRTH_MOBILE, BIRTH_AGAIN, BIRTH_ABROAD, BIRTH, DEATH, MARRIAGE),
    *(CARD_LOST, CARD_CHANGED, COPY, MOVED_OUT, SHOP),
)
INDEX = Index(ALL)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hộ khẩu", ["ho", "khau"]),
        ("ĐĂNG KÝ, khai-sinh!", ["dang", "ky", "khai", "sinh"]),
        ("d\u0323a\u0302\u0301t", ["dat"]),
        ("𝗸𝗵𝗮𝗶 ｓｉｎｈ", ["khai", "sinh"]),
        ("mẫu CT01/2025", ["mau", "ct01", "2025"]),
        ("\u0441\u0441\u0441d, kh\u0430i sinh", ["cccd", "khai", "sinh"]),
        ("\u041a\u041d\u0410\u0406 sinh", ["khai", "sinh"]),
        ("", []),
    ],
)
def test_folding(text: str, folded: list[str]) -> None:
    assert syllables(text) == folded


def test_one_spelling_for_each_place_of_the_tone() -> None:
    assert accented("hoà uỷ thúy") == accented("hòa ủy thuý")
    assert accented("hòa") != accented("hóa")


@given(st.text(max_size=40))
def test_any_text_has_as_many_folded_as_accented_syllables(text: str) -> None:
    assert len(syllables(text)) == len(accented(text))
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    scores = [hit.score for hit in INDEX.search(text)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    INDEX.decide(text)
    facets(text)


MEANT = {
    "plain": ("làm giấy khai sinh cho con cần gì", BIRTH),
    "no diacritics": ("lam giay khai sinh cho con can gi", BIRTH),
    "the plain one when no mark is said": ("đăng ký khai sinh", BIRTH),
    "foreign element said": ("khai sinh cho bé có cha người nước ngoài", BIRTH_ABROAD),
    "again said": ("đăng ký lại khai sinh vì mất sổ", BIRTH_AGAIN),
    "mobile said": ("khai sinh lưu động tại nhà", BIRTH_MOBILE),
    "lay word": ("ba tôi qua đời", DEATH),
    "lay word for another": ("công chứng bằng cấp", COPY),
    "lay phrase": ("cắt khẩu cho con gái", MOVED_OUT),
    "abbreviation": ("đkkh ở đâu", MARRIAGE),
    "abbreviation, lost": ("mất cccd", CARD_LOST),
    "abbreviation, changed": ("đổi cccd", CARD_CHANGED),
    "telex": ("ddawng kys keets hoon", MARRIAGE),
    "a slip of the finger": ("đăng ký kết hnô", MARRIAGE),
    "asking words do not hijack": ("mở quán cơm thì cần giấy tờ gì, nộp ở đâu, bao nhiêu tiền", SHOP),
}


@pytest.mark.parametrize(("text", "procedure"), MEANT.values(), ids=MEANT)
def test_the_procedure_meant_comes_first(text: str, procedure: Named) -> None:
    assert INDEX.search(text)[0].procedure is procedure


def test_the_best_alias_counts_not_their_number() -> None:
    wordy = Named(
        "20", "Hỗ trợ chăn nuôi", aliases=tuple(f"nuôi con {animal}" for animal in ("gà", "vịt", "heo", "bò"))
    )
    adoption = Named("21", "Đăng ký nuôi con nuôi", aliases=("nhận con nuôi",))
    assert Index([wordy, adoption]).search("nhận con nuôi")[0].procedure is adoption


def test_a_variant_gives_way_unless_its_mark_was_said() -> None:
    plain = Named("40", "Cấp thẻ hội viên thư viện")
    variant = Named("41", "Cấp thẻ hội viên lưu động", aliases=("thẻ hội viên thư viện",))
    rival = Named("42", "Cấp thẻ hội viên miễn thi", aliases=variant.aliases)
    assert Index([plain, rival]).search("thẻ hội viên")[0].procedure is rival
    assert Index([plain, variant]).search("thẻ hội viên")[0].procedure is plain
    assert Index([plain, variant]).search("thẻ hội viên lưu động")[0].procedure is variant


def test_typed_diacritics_are_believed_in_the_lay_words_where_somebody_ever_wrote_them() -> None:
    written_once = Repairer({ACCENTED + accented("động")[0]: 0, "dong": 1}, (1.0, 1.0), 2.0)
    assert "end" in marks_in(asked("dong", WORDS, written_once), WORDS)
    assert "end" in marks_in(asked("đóng", WORDS, written_once), WORDS)
    assert "end" not in marks_in(asked("động", WORDS, written_once), WORDS)
    assert "end" in marks_in(asked("đõng", WORDS, written_once), WORDS)


def test_typed_accents_are_evidence() -> None:
    land = Named("30", "Giao đất")
    order = Named("31", "Giao đặt")
    index = Index([order, land])
    assert index.search("giao đất")[0].procedure is land
    assert index.search("giao đặt")[0].procedure is order
    assert len(index.search("giao dat")) == 2


def test_limit_and_order() -> None:
    hits = INDEX.search("khai sinh", limit=3)
    assert len(hits) == 3
    assert hits[0].score >= hits[1].score >= hits[2].score
    assert INDEX.search("zzz qqq") == []


def test_the_same_question_has_the_same_answer_on_another_index() -> None:
    assert INDEX.search("khai sinh lưu động") == Index(ALL).search("khai sinh lưu động")


def test_sure_means_answer() -> None:
    decision = INDEX.decide("đăng ký kết hôn")
    assert isinstance(decision, Answer) and decision.hit.procedure is MARRIAGE


def test_between_two_means_ask() -> None:
    decision = INDEX.decide("thẻ căn cước")
    assert isinstance(decision, Ask)
    assert {hit.procedure for hit in decision.hits[:2]} == {CARD_LOST, CARD_CHANGED}
    assert len(decision.hits) <= 3


@pytest.mark.parametrize(
    "text", ["hôm nay trời có mưa không", "zzz qqq", "", "👍", "cảm ơn nhiều nhé", "kể chuyện cười đi"]
)
def test_chatter_means_unknown(text: str) -> None:
    assert isinstance(INDEX.decide(text), Unknown)


def test_an_index_of_nothing_knows_nothing() -> None:
    empty: Index[Named] = Index(())
    assert empty.search("khai sinh") == []
    assert isinstance(empty.decide("khai sinh"), Unknown)


def test_the_bundled_catalog_finds_each_procedure_by_its_own_name() -> None:
    missed = [each.code for each in books.catalog() if books.index().search(each.plain, 1)[0].procedure is not each]
    assert missed == []


def test_ways_read_at_once_or_when_needed_say_the_same() -> None:
    texts = ("bé mới sinh làm giấy tờ gì", "sang tên sổ đỏ", "mat cccd lam lai o dau", "mở quán cơm")
    index = Index(books.catalog())
    lazily = [(hit.procedure.code, pytest.approx(hit.score, abs=1e-4)) for text in texts for hit in index.search(text)]
    index.evidence.read_all()
    assert [(hit.procedure.code, hit.score) for text in texts for hit in index.search(text)] == lazily


def test_a_way_of_asking_that_was_never_learned_counts_at_once() -> None:
    lore = bundled()
    kept, lost = Named("9.000001", "Cấp thẻ hội viên thư viện"), Named("9.000002", "Cấp lại thẻ hội viên thư viện")
    text = "cháu làm rớt cái thẻ xuống sông rồi"
    phrasings = replace(lore.phrasings, ways={"9.000002": (text,)})
    index = Index([kept, lost], replace(lore, phrasings=phrasings))
    assert index.search(f"dạ {text}")[0].procedure is lost


def test_nothing_told_is_nothing_answered() -> None:
    for text in ("xin", "làm", "thủ tục", "cho em hỏi"):
        assert not isinstance(books.index().decide(text), Answer), text


LAY = """\
abbreviations:
  - {short: gks, full: giấy khai sinh}
meanings:
  - {say: [cắt khẩu], means: xóa đăng ký thường trú}
asking: [ở đâu]
marks:
  - {mark: again, title: [cấp lại], said: [mất]}
chatter: [xin chào]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ("short: gks", "shrt: gks", "lay.yaml:2: unknown key shrt, did you mean short"),
        ("say: [cắt khẩu]", "say: [“”]", "lay.yaml:4: ““”” holds no word"),
        ("asking: [ở đâu]\n", "", "lay.yaml:1: asking is missing"),
        ("say: [cắt khẩu]", "say: []", "lay.yaml:4: say is empty"),
        ("  - {short: gks", "  - {short: GKS, full: giấy kết hôn}\n  - {short: gks", "“gks” stands for"),
    ],
)
def test_a_mistake_in_the_lay_words_is_named(tmp_path: Path, right: str, wrong: str, named: str) -> None:
    path = tmp_path / "lay.yaml"
    path.write_text(LAY, encoding="utf-8")
    LayWords.load(path)
    path.write_text(LAY.replace(right, wrong), encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        LayWords.load(path)
    assert named in str(caught.value)


def test_a_meaning_is_added_and_an_abbreviation_replaced() -> None:
    nothing = Repairer({}, (), 0.0)
    spoken = asked("cắt khẩu", WORDS, nothing)
    terms = with_meanings(weighed(spoken, WORDS), spoken, WORDS)
    assert terms["cat khau"] > terms["thuong tru"] > 0
    spoken = asked("mất gks", WORDS, nothing)
    terms, said = weighed(spoken, WORDS), marks_in(spoken, WORDS)
    assert "khai sinh" in terms and "gks" not in terms
    assert "again" in said


ASKED = {
    "làm khai sinh cần giấy tờ gì": {Facet.PAPERS},
    "lam khai sinh can giay to gi": {Facet.PAPERS},
    "lệ phí bao nhiêu và bao lâu có": {Facet.FEE, Facet.TIME},
    "le phi bao nhieu va bao lau co": {Facet.FEE, Facet.TIME},
    "nộp ở đâu, nộp online được không": {Facet.WHERE, Facet.ONLINE},
    "đăng ký kết hôn": set(),
    "thủ tục đăng ký kết hôn thế nào": {Facet.HOW},
    "đủ tuổi chưa, điều kiện ra sao": {Facet.CONDITIONS},
    "căn cứ pháp lý là gì": {Facet.LEGAL_BASIS},
    "cho xin mẫu đơn": {Facet.FORM},
    "trả kết quả qua bưu điện": {Facet.POST},
    "làm xong được cấp giấy gì": {Facet.RESULT},
    "tốn bn tiền": {Facet.FEE},
    "làm căn cước lần đầu": set(),
    "thuế đất phi nông nghiệp": set(),
    "phí may áo": {Facet.FEE},
    "mai táng phí cần gì": {Facet.PAPERS},
    "mấy ngày thì xong": {Facet.TIME},
    "nhà có máy ngày đêm": set(),
    "khóa tài khoản VNeID": set(),
    "vneid bị khóa": set(),
    "khai tạm vắng trên VNeID": {Facet.ONLINE},
    "khai tạm vắng vneid": {Facet.ONLINE},
}


@pytest.mark.parametrize(("text", "asked"), ASKED.items())
def test_facets(text: str, asked: set[Facet]) -> None:
    assert set(facets(text)) == asked


def test_facets_come_in_the_order_asked() -> None:
    assert facets("bao lâu có, hết bao nhiêu tiền") == (Facet.TIME, Facet.FEE)
    assert facets("hết bao nhiêu tiền, bao lâu có") == (Facet.FEE, Facet.TIME)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tgian lam cccd", "thoi gian lam can cuoc cong dan"),
        ("xin gxnđt", "xin giay xac nhan doc than"),
        ("tlks cho con", "trich luc khai sinh cho con"),
        ("dangky kethon", "dang ky ket hon"),
        ("ng nha co hkhau o day", "nguoi nha co ho khau o day"),
        ("cmđsdđ", "chuyen muc dich su dung dat"),
        ("doi gplx", "doi giay phep lai xe"),
    ],
)
def test_short_forms_and_words_run_together_are_written_out(typed: str, meant: str) -> None:
    assert written(typed, WORDS).tokens == meant.split()
