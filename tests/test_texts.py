"""The sentences: limits that a small screen and an old reader set, and that code and files agree."""

from __future__ import annotations

import ast
import re
from datetime import date, datetime, time

import pytest
from babel.messages.pofile import read_po

from handlers.texts.format import (
    clock,
    day_name,
    full_date,
    joined,
    lower_first,
    moment,
    money,
    number,
    numbered,
    shortened,
)
from handlers.texts.sentences import LOCALES, UnknownSentence, sentence, sentences
from onestop.days.calendar import VIETNAM
from tests.tables import row

ROOT = LOCALES.parent
TEXTS = sorted((ROOT / "handlers" / "texts").glob("*.py"))
FOR_OFFICIALS = ("reporting.po", "morning.po", "report.po", "digest.po")
"""What officials read may be longer than a citizen's small screen."""

SPEAKING = ("handlers", "ratings", "channels", "dashboard", "bot")
SPOKEN = (".py", ".yaml", ".html", ".js")
LONGEST = 300
LONGEST_LABEL = 24
LONGEST_SENTENCE = 25
WORD = re.compile(r"[^\W_]+(?:[./]\w+)*")
FORBIDDEN = (
    r"!",
    r"\bvui lòng\b",
    r"(?<!\w)bạn\b",
    r"\bquý (?:công dân|khách|vị|anh|ông)\b",
    r"\bcăn cứ (?:vào|theo|quy định)\b",
    r"\bnêu trên\b",
    r"\bquy định tại\b",
    r"\btheo quy định\b",
    r"\bchúc mừng\b",
    r"\btin vui\b",
    r"\bWilson\b|\bCUSUM\b|\bp-value\b|\bbootstrap\b|\bfixture\b|\bmock\b",
    r"\bcấp huyện\b",
    r"☺|😀|🙂|⭐",
)
EXAMPLES = {
    "agency": "Văn phòng đăng ký đất đai",
    "at": "9 giờ 05, thứ Năm 26/11",
    "call": "gọi 0200 000 007",
    "code": "H99.07-261116-0007",
    "codes": "H99.07-261116-0007",
    "day": "thứ Năm 26/11",
    "decision": "3380/QĐ-BNNMT",
    "example": "H99.07-261116-0012",
    "hours": "Thứ Hai đến thứ Sáu: 7:30–11:30 và 13:30–17:00",
    "n": "12",
    "name": "Đăng ký khai sinh",
    "options": "1. Đăng ký khai sinh\n2. Đăng ký lại khai sinh\n3. Đăng ký khai tử",
    "phone": "0200 000 007",
    "printed": "H99.07-261116-0007",
    "unit": "xã Đồng Sậy",
}
"""What stands for a placeholder while lengths are counted; any other counts as ten characters."""


def entries(language: str = "vi") -> list[tuple[str, str, str]]:
    """(file, key, sentence) of every sentence."""
    found = []
    for file in sorted((LOCALES / language).glob("*.po")):
        with file.open("rb") as stream:
            found += [(file.name, str(m.id), str(m.string)) for m in read_po(stream, locale=language) if m.id]
    return found


ENTRIES = entries()
IDS = [key for _, key, _ in ENTRIES]


def filled(text: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: EXAMPLES.get(found[1], "một ví dụ "), text)


def spoken_sentences(text: str) -> list[str]:
    """The sentences of a text; lines of a list, and what stands in quotation marks or brackets, count apart."""
    plain = re.sub(r"\([^)]*\)|“[^”]*”", " ", text)
    return [part for part in re.split(r"(?<=[.?:;])\s+|\n", plain) if part.strip()]


@pytest.mark.parametrize("file", sorted({file for file, _, _ in ENTRIES}))
def test_a_sentence_is_short_plain_and_warm(file: str) -> None:
    for key, text in [(key, text) for its, key, text in ENTRIES if its == file]:
        with row(key):
            assert text.strip(), "no sentence"
            said = filled(text)
            if key.startswith("label."):
                assert len(text) <= LONGEST_LABEL
            elif file not in FOR_OFFICIALS:
                assert len(said) <= LONGEST
            assert not [each for each in spoken_sentences(said) if len(WORD.findall(each)) > LONGEST_SENTENCE]
            assert not [word for word in FORBIDDEN if re.search(word, text, re.IGNORECASE)]


def test_no_key_stands_twice() -> None:
    assert len(IDS) == len(set(IDS))
    assert set(sentences()) == set(IDS)


def calls() -> dict[str, set[str]]:
    """Key → the placeholders that the code fills, for keys written as plain strings in ``handlers/texts``."""
    found: dict[str, set[str]] = {}
    for file in TEXTS:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sentence":
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    found.setdefault(str(key.value), set()).update(word.arg or "**" for word in node.keywords)
    return found


def test_every_sentence_that_is_said_exists_with_its_placeholders() -> None:
    for key, given in calls().items():
        with row(key):
            text = sentences().get(key)
            assert text is not None, "no locale file has it"
            assert set(re.findall(r"\{(\w+)\}", text)) == given or "**" in given


def test_every_sentence_is_said_somewhere() -> None:
    files = [
        file
        for folder in SPEAKING
        for kind in ("py", "yaml", "html", "js")
        for file in (ROOT / folder).rglob(f"*.{kind}")
    ]
    code = "\n".join(file.read_text("utf-8") for file in files)
    words = set(re.findall(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*", code))
    joined_up = tuple(re.findall(r"""f["']([a-z_.]+\.)\{""", code))
    unsaid = [key for key in IDS if key not in words and not key.startswith(joined_up)]
    assert not unsaid


def test_an_unknown_key_is_an_error_of_ours() -> None:
    with pytest.raises(UnknownSentence):
        sentence("no.such.sentence")


def test_numbers_days_and_times() -> None:
    assert number(1234567) == "1.234.567"
    assert money(15000) == "15.000 đồng"
    assert money(0) == "không mất tiền"
    assert day_name(date(2026, 11, 26)) == "thứ Năm 26/11"
    assert day_name(date(2027, 1, 3), today=date(2026, 11, 26)) == "Chủ nhật 3/1/2027"
    assert full_date(date(2026, 11, 2)) == "2/11/2026"
    assert clock(time(7, 30)) == "7 giờ 30"
    assert clock(time(17)) == "17 giờ"
    assert moment(datetime(2026, 11, 26, 0, 40, tzinfo=VIETNAM)) == "0 giờ 40, thứ Năm 26/11"


def test_lists_and_labels() -> None:
    assert numbered(["a", "b"], 3) == "3. a\n4. b"
    assert joined(["a", "b", "c"]) == "a, b và c"
    assert joined(["a"]) == "a"
    assert shortened("Đăng ký khai sinh") == "Đăng ký khai sinh"
    assert shortened("Đăng ký khai sinh cho người đã có giấy tờ") == "Đăng ký khai sinh cho…"
    assert len(shortened("a" * 60)) == LONGEST_LABEL
    assert lower_first("Lệ phí") == "lệ phí"
    assert lower_first("UBND xã") == "UBND xã"
