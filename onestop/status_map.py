"""What a province's system means by its statuses, where they are not the national ones.

A map file (YAML), a table for each province, by what its dossiers' codes begin with::

    H99:
      "0": 1                    # their number or word: a national number, or a national name
      "5": Đã trả kết quả
      Chờ ký số: 4

A province that numbers its statuses writes all of them down: of its numbers none is taken for a national one.
Pure but for ``load``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from msgspec import Struct, field

from onestop.code import DossierCode
from onestop.dossier import OFFICIAL_NAMES, Status
from onestop.register.columns import fold, national_words

LONGEST_WORD = 60
_NUMBER = re.compile(r"[0-9]{1,4}")


class BadStatusMap(ValueError):
    """The file cannot be used; the message says what is wrong in it."""


class StatusMap(Struct, frozen=True):
    """Province (``H99``) → folded word or number → status. Empty: the national numbers and words alone."""

    provinces: Mapping[str, Mapping[str, Status]] = field(default_factory=dict)

    def read(self, told: object, code: DossierCode) -> Status:
        """What a system says of a dossier; UNKNOWN for what nobody knows."""
        word = _word(told)
        own = self.provinces.get(code.unit.partition(".")[0], {})
        if word in own:
            return own[word]
        if word.isdigit() and any(known.isdigit() for known in own):
            return Status.UNKNOWN
        return national_words().get(word, Status.UNKNOWN)


NATIONAL = StatusMap()


def load(path: Path) -> StatusMap:
    """The map of a file; the national one where there is no file. Raises BadStatusMap, OSError."""
    if not path.is_file():
        return NATIONAL
    try:
        data = yaml.safe_load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadStatusMap(f"{path}{f':{mark.line + 1}' if mark else ''}: not YAML in UTF-8") from None
    if not isinstance(data, Mapping):
        raise BadStatusMap(f"{path}: wants a table for each province, such as H99:")
    return StatusMap({str(name): _province(path, str(name), table) for name, table in data.items()})


def _province(path: Path, name: str, table: object) -> Mapping[str, Status]:
    if re.fullmatch(r"[A-Z][0-9]{2}", name) is None:
        raise BadStatusMap(f"{path}: {name!r} is no province's code, such as H99")
    if not isinstance(table, Mapping):
        raise BadStatusMap(f'{path}: {name} wants lines such as "5": 10')
    return {_word(told): _meant(path, name, told, meant) for told, meant in table.items()}


def _meant(path: Path, name: str, told: object, meant: object) -> Status:
    status = Status.UNKNOWN if isinstance(meant, bool) else _meanings().get(_word(meant), Status.UNKNOWN)
    if status is Status.UNKNOWN:
        want = f"1 to 10, or a name such as {Status.FINISHED.official!r}"
        raise BadStatusMap(
            f"{path}: {name}, {str(told)[:LONGEST_WORD]!r}: wants {want}, not {str(meant)[:LONGEST_WORD]!r}"
        )
    return status


@cache
def _meanings() -> Mapping[str, Status]:
    known = [status for status in Status if status is not Status.UNKNOWN]
    return {str(int(each)): each for each in known} | {fold(OFFICIAL_NAMES[each]): each for each in known}


def _word(told: object) -> str:
    """A number without leading zeros, or a folded word."""
    text = str("" if told is None else told).strip()
    if _NUMBER.fullmatch(text):
        return str(int(text))
    folded = fold(text)
    return "" if folded.isdigit() else folded  # "²" is no 2
