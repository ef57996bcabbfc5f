"""Dossier codes (mã hồ sơ) in what people type: found, put into one form, and guessed at when mistyped.

A code is *unit - day of reception - number*. Three ways of printing one and the same dossier occur::

    000.00.07.H99-261116-0007      H99.07-261116-0007      H99.07-20261116-0000007

There is no check digit: only the structure and a plausible day tell a code from other numbers. Payment ids
(``G22.99.3-241219795252``), identity numbers and phones are not codes. Pure: no I/O, no clock.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import islice, product

from msgspec import Struct

YEARS = range(2015, 2040)
MOST = 60  # beginnings of codes looked at in one text
PARTS, DAYS, NUMBERS = (2, 3), (6, 8), (4, 5, 6, 7)
PAYMENT_LIKE = {(6, 6), (6, 7)}  # a day and a number written together so long are payment ids

_JOIN = r"(?: {0,3}[.,] {0,3}| {1,3})"
_HEAD = re.compile(
    rf"(?<!\w)(?<!\d[.,])(?P<old>\d{{3}}{_JOIN}\d{{2,3}}{_JOIN}\d{{2,3}}{_JOIN})?(?P<top>[GHgh]\s?\d{{2}})(?!\d)"
)
_GROUP = re.compile(r" {0,3}[-.,_/]? {0,3}(\d+)")
_BLANKS = str.maketrans("\t\r\n", "   ")
_SLIP = "OoQLlIi|!"
_SLIPS = str.maketrans(_SLIP, "000111111")
_MANGLED = re.compile(rf"(?<!\w)[GHgh0-9{_SLIP}.,_/\-\s]{{12,}}")
_NO_DOT = re.compile(r"\b([GHgh]\d{2})(?=\d)")
_NO_LETTER = re.compile(r"(?<![\w.])(?=\d{2}\.\d{2,3}\s*-\s*\d{6})")


@dataclass(frozen=True, slots=True)
class DossierCode:
    """A dossier's code. Two codes are equal when they name the same dossier, however they are printed.

    ``unit`` is written from the top down ("H99.07"); ``printed`` is the code as it stands on the paper it was read
    from, cleaned of spaces and odd dashes: what a citizen is shown.
    """

    unit: str
    day: date
    number: int
    printed: str = field(compare=False)

    @property
    def canonical(self) -> str:
        """The key used in every table: ``H99.07-261116-0007``."""
        return f"{self.unit}-{self.day:%y%m%d}-{self.number:04d}"

    @property
    def forms(self) -> tuple[str, ...]:
        """The ways a one-stop system may have stored this code, the printed one first."""
        old = f"{_bottom_up(self.unit)}-{self.day:%y%m%d}-{self.number:04d}"
        return tuple(dict.fromkeys((self.printed, self.canonical, old)))

    @property
    def is_ministry(self) -> bool:
        """A ministry's own dossier (prefix G): the one-stop desks of a province cannot see it."""
        return self.unit.startswith("G")

    @classmethod
    def parse(cls, text: str) -> DossierCode:
        """Read one code with nothing before or after it. Raises ValueError."""
        exact = _EXACT.fullmatch(text)
        if exact is not None and (day := _day(exact["day"])) is not None:
            # as printed by a machine, which nearly all are: a hundred times as fast as reading what people type
            top, levels = exact["top"] or exact["old_top"], exact["parts"] or ""
            bottom_up = exact["old"].split(".") if exact["old"] else levels.strip(".").split(".")[::-1]
            unit = _top_down(top, [level for level in bottom_up if level])
            return cls(unit, day, int(exact["number"]), text)
        cleaned = _clean(text).strip()
        for code, start, end in _scan(cleaned):
            if (start, end) == (0, len(cleaned)):
                return code
        raise ValueError(f"not a dossier code: {text[:40]!r}")

    def __str__(self) -> str:
        return self.printed


def find_codes(text: str) -> tuple[DossierCode, ...]:
    """The codes in a text, in the order they stand there, each once."""
    return tuple(dict.fromkeys(code for code, _, _ in _scan(_clean(text))))


def locate(text: str) -> tuple[tuple[DossierCode, int, int], ...]:
    """Every code with where it begins and ends in ``text`` itself, odd dashes and invisible characters included."""
    if text.isascii():
        return tuple(_scan(_clean(text)))
    cleaned: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = _plain(character)
        cleaned.append(plain)
        places += [place] * len(plain)
    found = _scan("".join(cleaned))
    return tuple((code, places[start], places[end - 1] + 1) for code, start, end in found)


def suggest(text: str) -> DossierCode | None:
    """The one code that was probably meant, where the text holds none: O for 0, l for 1, the first letter or dot gone.

    To be asked back ("có phải mã ... không"), never used unasked. None where nothing or more than one comes out.
    """
    cleaned = _clean(text)
    if find_codes(cleaned):
        return None
    repaired = _MANGLED.sub(lambda run: run[0].translate(_SLIPS) if _digits(run[0]) >= 3 else run[0], cleaned)
    for attempt in (repaired, _NO_DOT.sub(r"\1.", repaired), _NO_LETTER.sub("H", repaired)):
        found = find_codes(attempt)
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _clean(text: str) -> str:
    """One character per idea: any dash is ``-``, white space a blank, any digit ASCII, invisible ones gone."""
    return text.translate(_BLANKS) if text.isascii() else "".join(map(_plain, text))


@lru_cache(4096)
def _plain(character: str) -> str:
    if character.isascii():
        return character.translate(_BLANKS)
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    if category.startswith("Z"):
        return " "
    if category == "Cf":
        return ""
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() else character


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _scan(text: str) -> Iterator[tuple[DossierCode, int, int]]:
    """Codes of a cleaned text with where they begin and end."""
    for head in islice(_HEAD.finditer(text), MOST):
        groups, ends = _groups(text, head.end())
        top = re.sub(r"\s", "", head["top"]).upper()
        if head["old"] is not None:
            levels = re.findall(r"\d+", head["old"])
            reading = _read(groups, (0,))
            if reading is not None:
                yield _build(_top_down(top, levels), ".".join([*levels, top]), reading), head.start(), ends[reading.end]
                continue
        reading = _read(groups, (0, 1, 2, 3))
        if reading is not None and text[ends[reading.end] : ends[reading.end] + 1] not in set(_SLIP):
            unit = ".".join([top, *reading.parts])
            yield _build(_top_down(top, reading.parts[::-1]), unit, reading), head.start("top"), ends[reading.end]


def _groups(text: str, position: int) -> tuple[list[str], dict[int, int]]:
    """The runs of digits that follow, and for each count of digits where in the text it ends."""
    groups: list[str] = []
    ends: dict[int, int] = {}
    count = 0
    while len(groups) < 6 and (group := _GROUP.match(text, position)):
        position = group.end()
        groups.append(group[1])
        count += len(group[1])
        ends[count] = position
    return groups, ends


_EXACT = re.compile(
    r"(?:(?P<top>[GH]\d{2})(?P<parts>(?:\.\d{2}){0,3})|(?P<old>\d{3}\.\d{2}\.\d{2})\.(?P<old_top>[GH]\d{2}))"
    r"-(?P<day>\d{6}|\d{8})-(?P<number>\d{4,7})",
    re.ASCII,
)


class _Reading(Struct, frozen=True):
    parts: list[str]
    day: date
    day_text: str
    number: str
    end: int
    cuts: int


def _read(groups: list[str], how_many_parts: tuple[int, ...]) -> _Reading | None:
    """The reading of the digits with the fewest missing dashes; None where there is none, or two equally good ones."""
    digits = "".join(groups)
    bounds = {sum(map(len, groups[: n + 1])) for n in range(len(groups))}
    readings = [
        reading
        for count in how_many_parts
        for parts in product(PARTS, repeat=count)
        for day in DAYS
        for number in NUMBERS
        if sum(parts) + day + number in bounds  # a code ends where a run of digits ends
        and (reading := _cut(digits, bounds, (*parts, day, number))) is not None
    ]
    fewest = min((reading.cuts for reading in readings), default=0)
    best = [reading for reading in readings if reading.cuts == fewest]
    return best[0] if len(best) == 1 else None


def _cut(digits: str, bounds: set[int], lengths: tuple[int, ...]) -> _Reading | None:
    fields: list[str] = []
    start = cuts = 0
    for length in lengths:
        end = start + length
        if end > len(digits) or any(start < bound < end for bound in bounds):
            return None
        fields.append(digits[start:end])
        cuts += end not in bounds
        start = end
    *parts, day_text, number = fields
    day = _day(day_text)
    together = start - len(number) not in bounds
    if cuts > 2 or day is None or (together and (len(day_text), len(number)) in PAYMENT_LIKE):
        return None
    return _Reading(parts, day, day_text, number, start, cuts)


def _day(text: str) -> date | None:
    year = int(text[:-4]) + (2000 if len(text) == 6 else 0)
    try:
        return date(year, int(text[-4:-2]), int(text[-2:])) if year in YEARS else None
    except ValueError:
        return None


def _build(unit: str, printed_unit: str, reading: _Reading) -> DossierCode:
    return DossierCode(unit, reading.day, int(reading.number), f"{printed_unit}-{reading.day_text}-{reading.number}")


def _top_down(top: str, bottom_up: list[str]) -> str:
    """``H99`` and ``["000", "00", "07"]`` are ``H99.07``: empty levels at the bottom are left out."""
    parts = list(reversed(bottom_up))
    while parts and not int(parts[-1]):
        parts.pop()
    return ".".join([top, *parts])


def _bottom_up(unit: str) -> str:
    """``H99.07`` as the four-level ``000.00.07.H99``."""
    top, *parts = unit.split(".")
    levels = parts + ["00", "00", "000"][len(parts) :]
    return ".".join([*reversed(levels), top])
