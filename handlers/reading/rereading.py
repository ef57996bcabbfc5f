"""An answer read back into the typed values it states: how ``motcua eval facts`` finds a wrong one. Pure.

Everything between the head of an answer and its source is read; a line that cannot be read is a value of its own,
which no entry states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from procedures.finding.facets import Facet
from procedures.procedure import TimeUnit, Way
from procedures.stated import ALL_WAYS, Value, small

UNITS = {
    "ngày làm việc": TimeUnit.WORKING_DAYS,
    "ngày": TimeUnit.DAYS,
    "giờ": TimeUnit.HOURS,
    "tháng": TimeUnit.MONTHS,
}
WAYS = {"nộp tại quầy": Way.IN_PERSON, "nộp qua mạng": Way.ONLINE, "gửi bưu điện": Way.POST}

_NUMBERED = re.compile(r"(\d+)\. (.*)")
_MONEY = re.compile(
    r"(?P<label>.+?): (?P<amount>không mất tiền|\d{1,3}(?:\.\d{3})* đồng)"
    r"(?: mỗi (?P<per>[^()]+?))?(?: \((?P<note>.*)\))?"
)
_UNIT = "|".join(UNITS)
_TIME = re.compile(
    rf"(?:(?P<label>.+?): )?(?:(?P<same>trong ngày)|(?:từ (?P<least>\d+) đến )?(?P<most>\d+) (?P<unit>{_UNIT}))"
    r"(?: \((?P<note>.*)\))?",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"(?: \((?:mẫu (?P<form>.+?))?(?:(?:^|(?<=\()|, )(?P<originals>\d+) bản chính)?"
    r"(?:(?:^|(?<=\()|, )(?P<copies>\d+) bản sao)?(?:(?:^|(?<=\()|, )(?P<shown>cho xem, không nộp))?\))?"
    r"(?:: (?P<note>.*))?",
    re.DOTALL,
)
_AMOUNT = re.compile(r"không mất tiền|(?<![\d.])(\d{1,3}(?:\.\d{3})*) đồng")
_ENDS = ("Nguồn: ", "Theo quyết định của ", "Quy định này ")
"""What the lines after the facts begin with."""
_ABSENT = re.compile(
    r"nguồn của máy không ghi|máy chưa có con số|mức (?:cũ|của máy) (?:chỉ|đến)|quầy đang kiểm tra lại"
)


def body(text: str) -> tuple[str, ...]:
    """The lines of an answer without its source and what stands after the facts."""
    return tuple(line for line in text.split("\n") if not line.startswith(_ENDS))


def is_absent(text: str) -> bool:
    """Whether the answer says that it has nothing to say of what was asked."""
    return _ABSENT.search(text) is not None


def amounts(text: str) -> frozenset[int]:
    """Every amount of đồng in a text."""
    return frozenset(int((found[1] or "0").replace(".", "")) for found in _AMOUNT.finditer(text))


def values(facet: Facet, lines: Sequence[str], names: Sequence[str] = ()) -> tuple[Value, ...]:
    """The values that the lines of a whole answer about one facet state.

    ``names``: of papers, what they are called, in order; a paper is read by its place.
    """
    if is_absent("\n".join(lines)):
        return ()
    match facet:
        case Facet.PAPERS:
            return tuple(_papers(lines, names))
        case Facet.CONDITIONS:
            return tuple(Value(facet, small(found[2])) for found in _numbered(lines))
        case Facet.FEE | Facet.TIME:
            return tuple(_figures(facet, lines))
        case Facet.WHERE:
            marks = {"Nộp ở: ": "submit_at", "Nơi giải quyết: ": "decided_by"}
            found = ((_after(line, mark), name) for line in lines for mark, name in marks.items())
            return tuple(Value(facet, small(text), note=name) for text, name in found if text)
        case Facet.ONLINE | Facet.POST:
            return tuple(_way(facet, lines))
        case Facet.HOW:
            return tuple(_handed_in(lines))
        case Facet.FORM:
            forms = (line.rpartition(": mẫu ") for line in lines if ": mẫu " in line)
            return tuple(Value(facet, small(name), unit=small(form)) for name, _, form in forms)
        case Facet.RESULT:
            said = (_after(line, "Xong thì nhận: ") for line in lines)
            return tuple(Value(facet, small(each)) for each in said if each)
        case Facet.LEGAL_BASIS:
            rest = (line for line in lines if not line.endswith(", căn cứ pháp luật:"))
            return tuple(Value(facet, small(line)) for line in rest if not line.startswith("Trang gốc: "))


def _after(line: str, mark: str) -> str:
    return line.removeprefix(mark).removesuffix(".") if line.startswith(mark) else ""


def _numbered(lines: Iterable[str]) -> list[re.Match[str]]:
    return [found for line in lines if (found := _NUMBERED.fullmatch(line))]


def _papers(lines: Sequence[str], names: Sequence[str]) -> Iterator[Value]:
    for found in _numbered(lines):
        place, text = int(found[1]) - 1, found[2]
        name = names[place] if place < len(names) else ""
        marks = _MARKS.fullmatch(text[len(name) :]) if name and text.startswith(name) else None
        if marks is None:
            yield Value(Facet.PAPERS, small(text))
            continue
        numbers = (_int(marks["originals"]), _int(marks["copies"]), 1 if marks["shown"] else None)
        yield Value(Facet.PAPERS, small(name), numbers, small(marks["form"] or ""), small(marks["note"] or ""))


def _figures(facet: Facet, lines: Sequence[str]) -> Iterator[Value]:
    """Fees or times, under the ways that they hold for."""
    ways = ALL_WAYS
    for line in lines:
        if line.startswith("- "):
            yield _fee(line[2:], ways) if facet is Facet.FEE else _time(line[2:], ways)
        elif line.startswith("Được miễn hoặc giảm: "):
            yield Value(facet, small(_after(line, "Được miễn hoặc giảm: ")), note="exempt")
        else:
            ways = _ways(line.removesuffix(":"))


def _fee(line: str, ways: frozenset[Way]) -> Value:
    found = _MONEY.fullmatch(line)
    if found is None:
        return Value(Facet.FEE, small(line), (None,), ways=ways)
    (amount,) = amounts(found["amount"])
    per, note = small(found["per"] or ""), small(found["note"] or "")
    return Value(Facet.FEE, small(found["label"]), (amount,), per, note, ways)


def _time(line: str, ways: frozenset[Way]) -> Value:
    found = _TIME.fullmatch(line)
    if found is None:
        return Value(Facet.TIME, small(line), ways=ways)
    unit = TimeUnit.SAME_DAY if found["same"] else UNITS[found["unit"].lower()]
    numbers = (_int(found["least"]), _int(found["most"]))
    return Value(Facet.TIME, small(found["label"] or ""), numbers, unit.value, small(found["note"] or ""), ways)


def _way(facet: Facet, lines: Sequence[str]) -> Iterator[Value]:
    for line in lines:
        if line.startswith(("Nộp qua mạng được", "Gửi qua bưu điện được")):
            yield Value(facet, "open")
        elif (note := _after(line, "Lưu ý: ")) != "":
            yield Value(facet, small(note), note="note")
        elif line.startswith("Nguồn của máy không ghi cách "):
            yield Value(facet, "unsaid", ways=_ways(_after(line, line.partition("chỉ ghi ")[0] + "chỉ ghi ")))


def _handed_in(lines: Sequence[str]) -> Iterator[Value]:
    for line in lines:
        if line.endswith(", các cách nộp:"):
            continue
        way, _, note = line.partition(": ")
        yield Value(Facet.HOW, small(note), ways=_ways(way))


def _ways(text: str) -> frozenset[Way]:
    """The ways that a head names: "Nộp tại quầy và nộp qua mạng"; none where it is no such head."""
    parts = re.split(r", | và ", text.lower())
    return frozenset(WAYS[part] for part in parts) if all(part in WAYS for part in parts) else ALL_WAYS


def _int(text: str | None) -> int | None:
    return None if text is None else int(text)
