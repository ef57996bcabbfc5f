"""Units (đơn vị): who they are, where, when their desk is open, and by which names they are called.

Units are data (``offices/data/*.yaml``). A unit that no file knows is its code. Hours are Vietnam's; which days are
holidays is told by the caller. Pure but for ``Offices.load``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from msgspec import Struct

from offices.hours import Early, Opening, Season, Span, week_text
from offices.lineage import DISTRICTS, Former, fold

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, twenty times faster; the pure one where libyaml is missing."""

_OLD_STYLE = re.compile(r"(\d{3})\.(\d{2,3})\.(\d{2,3})\.([A-Z]\d{2})")
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DATA = Path(__file__).with_name("data")
DAY = timedelta(days=1)
PREFIXES = ("ubnd", "uy ban nhan dan", "xa", "phuong", "dac khu", "tinh", "thi tran")
CENTRE = "trung tam phuc vu hanh chinh cong"

OpensAs = Callable[[date], Opening | None]
"""How desks open on a day: as on its weekday, on a Friday where it is a Saturday worked in exchange; None: closed."""


class Kind(Enum):
    """What a unit is. ``COUNTER``: a desk of another agency inside a one-stop centre."""

    COMMUNE = "commune"
    PROVINCE = "province"
    DEPARTMENT = "department"
    COUNTER = "counter"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


class Closed(Struct, frozen=True):
    """Days on which the desk is closed besides the nation's, first and last included, and why."""

    first: date
    last: date
    why: str


class Unit(Struct, frozen=True):
    """One unit. ``seasons``: the first that holds on a day says the hours; none: not known. ``late_estimates``: its
    citizens are told when a dossier is likely done later than its due day. ``map``: a link; ``since``, ``until``: its
    first and last day; ``early``: days on which it closes before the hour.

    ``weekly``: dossiers a week, ``certified`` of them chứng thực. ``land_branch``: who works on its land dossiers.
    """

    code: str
    name: str
    short: str
    kind: Kind = Kind.UNKNOWN
    phone: str | None = None
    address: str | None = None
    seasons: tuple[Season, ...] = ()
    note: str | None = None
    province: str | None = None
    parent: str | None = None
    former: tuple[Former, ...] = ()
    aliases: tuple[str, ...] = ()
    people: int | None = None
    weekly: int | None = None
    certified: int | None = None
    land_branch: str | None = None
    demo: bool = False
    known: bool = True
    late_estimates: bool = False
    map: str | None = None
    closed: tuple[Closed, ...] = ()
    early: tuple[Early, ...] = ()
    since: date | None = None
    until: date | None = None

    def exists(self, day: date) -> bool:
        """Whether it is a unit of that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def closing(self, day: date) -> Closed | None:
        """Why it is closed on that day, beyond the nation's holidays."""
        return next((each for each in self.closed if each.first <= day <= each.last), None)

    def spans(self, day: date, opens_as: OpensAs) -> tuple[Span, ...]:
        """The opening hours of one day; empty when closed or not known."""
        opening = opens_as(day)
        season = next((season for season in self.seasons if season.holds(day)), None)
        if opening is None or season is None or self.closing(day):
            return ()
        until = min((each.until for each in self.early_on(day)), default=time.max)
        cut = (span.cut(min(opening.until, until)) for span in season.week[opening.weekday])
        return tuple(span for span in cut if span is not None)

    def early_on(self, day: date) -> tuple[Early, ...]:
        """Why it closes before the hour on that day."""
        return tuple(each for each in self.early if each.holds(day))


@lru_cache(256)
def unknown(code: str) -> Unit:
    """A unit of which nothing but its code is known."""
    return Unit(code=code, name=code, short=code, known=False)


def open_at(unit: Unit, at: datetime, opens_as: OpensAs) -> bool | None:
    """Whether the desk is open at an aware instant; None where its hours are not known."""
    if not unit.seasons:
        return None
    local = at.astimezone(VIETNAM)
    return any(span.start <= local.time() < span.end for span in unit.spans(local.date(), opens_as))


def next_opening(unit: Unit, at: datetime, opens_as: OpensAs) -> datetime | None:
    """When the desk opens next (``at`` itself while it is open); None where the hours are not known."""
    local = at.astimezone(VIETNAM)
    for day in (local.date() + n * DAY for n in range(30)):
        for span in unit.spans(day, opens_as):
            if datetime.combine(day, span.end, VIETNAM) > at:
                return max(at, datetime.combine(day, span.start, VIETNAM))
    return None


def hours_text(unit: Unit, on: date) -> str | None:
    """The week's hours in plain Vietnamese as they hold on a day, then the unit's note; None where not known."""
    season = next((season for season in unit.seasons if season.holds(on)), None)
    if season is None:
        return unit.note
    return " ".join(part for part in (week_text(season.week), unit.note) if part)


Heir = tuple[Unit, Former]
"""Today's unit, and what of it was called otherwise."""


MOST_MET = 10_000
"""Codes remembered with their unit; a backend may send any."""


@dataclass(frozen=True, slots=True)
class Offices:
    """All units known, in the order of their files."""

    units: tuple[Unit, ...] = ()
    _codes: Mapping[str, Unit] = field(default_factory=dict, repr=False)
    _names: Mapping[str, tuple[Unit, ...]] = field(default_factory=dict, repr=False)
    _former: Mapping[str, tuple[Heir, ...]] = field(default_factory=dict, repr=False)
    _districts: Mapping[str, tuple[Heir, ...]] = field(default_factory=dict, repr=False)
    _met: dict[str, Unit] = field(default_factory=dict, repr=False, compare=False)
    """What ``unit`` has answered: every turn asks for the same few."""

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Offices:
        """Build the indexes. Raises ValueError for two units with one code."""
        codes: dict[str, Unit] = {}
        names: dict[str, dict[str, Unit]] = {}
        former: dict[str, list[Heir]] = {}
        districts: dict[str, list[Heir]] = {}
        for unit in units:
            if unit.code in codes:
                raise ValueError(f"two units have the code {unit.code}")
            codes[unit.code] = unit
            for name in (unit.name, unit.short, *unit.aliases):
                names.setdefault(_key(name), {})[unit.code] = unit
            for old in unit.former:
                former.setdefault(_key(old.name), []).append((unit, old))
                if old.code is not None:
                    former.setdefault(old.code, []).append((unit, old))
                if old.district is not None:
                    districts.setdefault(fold(old.district), []).append((unit, old))
        return cls(
            tuple(codes.values()),
            codes,
            {name: tuple(found.values()) for name, found in names.items()},
            {name: tuple(found) for name, found in former.items()},
            {name: tuple(found) for name, found in districts.items()},
        )

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Offices:
        """Read units from YAML files. Raises OSError, or ValueError as ``file: what is wrong``."""
        units: list[Unit] = []
        for path in paths:
            try:
                units += _units(yaml.load(path.read_text("utf-8"), _LOADER))  # noqa: S506 (both are safe ones)
            except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
                raise ValueError(f"{path}: {type(error).__name__}: {error}") from error
        return cls.of(units)

    def by_code(self, code: str) -> Unit | None:
        """The unit with this code, in either style (``H99.07``, ``000.00.07.H99``)."""
        return self._codes.get(_top_down(code))

    def by_name(self, name: str) -> Unit | None:
        """The one unit called so, with or without diacritics, "xã", "UBND", "Trung tâm …", ", tỉnh …"."""
        found = self._names.get(_key(name)) or self._names.get(_key(name.split(",")[0])) or ()
        return found[0] if len(found) == 1 else None

    def formerly(self, name: str) -> tuple[Heir, ...]:
        """The units that a commune of before went into; several where it was split."""
        return self._former.get(_key(name), ())

    def district(self, name: str) -> tuple[Heir, ...]:
        """The units that the communes of a district went into, each with the commune; with or without "huyện"."""
        key = fold(name)
        kinds = (key, *(f"{kind} {key}" for kind in DISTRICTS))
        return next((self._districts[each] for each in kinds if each in self._districts), ())

    def below(self, code: str) -> tuple[str, ...]:
        """The codes of the units directly below one, in the order of their files."""
        return tuple(unit.code for unit in self.units if unit.parent == code)

    def likes(self, code: str) -> tuple[str, ...]:
        """The codes of the other units below the same one."""
        parent = self.unit(code).parent
        return () if parent is None else tuple(each for each in self.below(parent) if each != code)

    def unit(self, code: str) -> Unit:
        """The unit with this code, the one that it became, or one of which only the code is known."""
        found = self._met.get(code)
        if found is None:
            found = self.by_code(code) or self._became(_top_down(code)) or unknown(code)
            if len(self._met) < MOST_MET:
                self._met[code] = found
        return found

    def _became(self, old: str) -> Unit | None:
        """The one unit that one of before went into as a whole, by its code or its name."""
        heirs = self._former.get(old) or self._former.get(_key(old)) or ()
        return heirs[0][0] if len(heirs) == 1 else None

    def resolve(self, told: str | None, default: str) -> Unit:
        """Whose dossier it is: the unit whose code or name was told, or what that unit became; a code nobody knows as
        it is; else the default.

        ``told`` is the one-stop system's ``DonViXuLy``; ``default`` is the unit we are installed for.
        """
        if told is None or not told.strip():
            return self.unit(default)
        found = self.by_code(told) or self.by_name(told) or self._became(_top_down(told))
        if found is not None:
            return found
        looks_like_a_code = re.fullmatch(r"[A-Za-z0-9._-]{2,40}", told.strip()) is not None
        return unknown(told.strip()) if looks_like_a_code else self.unit(default)


def _top_down(code: str) -> str:
    """A unit's code in today's style: ``H99.52.07`` for ``000.07.52.H99``."""
    code = code.strip().upper()
    old = _OLD_STYLE.fullmatch(code)
    if old is None:
        return code
    levels = [old[3], old[2], old[1]]
    while levels and not int(levels[-1]):
        levels.pop()
    return ".".join([old[4], *levels])


def _key(name: str) -> str:
    """A name folded, without the words that say what kind of unit it is."""
    key = fold(name)
    key = key.removeprefix(CENTRE).strip() or key
    while (prefix := next((prefix for prefix in PREFIXES if key.startswith(prefix + " ")), None)) is not None:
        key = key[len(prefix) + 1 :]
    return key


def _units(data: Mapping[str, Any]) -> list[Unit]:
    """The units of one data file; what it says of all of them (``province``, ``demo``, ``closed``, ``former_until``) is
    copied into each."""
    hours = data["hours"]
    common = {"province": data["province"], "demo": bool(data.get("demo", False))}
    common |= {"closed": data.get("closed", ()), "ended": data.get("former_until")}
    return [_unit(entry, hours, common) for entry in data["units"]]


def _unit(entry: Mapping[str, Any], hours: Mapping[str, Any], common: Mapping[str, Any]) -> Unit:
    unit = dict(entry)
    seasons = []
    if "hours" in unit:
        own = dict(unit.pop("hours"))
        base = hours[own.pop("base")] if "base" in own else {}
        seasons = [Season.parse({**season, **own}) for season in (base if isinstance(base, list) else [base])]
    kind = Kind(unit.pop("kind"))
    ended = common.get("ended")
    former = tuple(_former(old, unit.get("district"), ended) for old in unit.pop("former", ()))
    unit.pop("district", None)
    closed = tuple(_closed(each) for each in (*common["closed"], *unit.pop("closed", ())))
    early = tuple(Early.parse(each) for each in unit.pop("early", ()))
    own = {"province": common["province"], "demo": common["demo"]}
    aliases = tuple(unit.pop("aliases", ()))
    own |= {"seasons": tuple(seasons), "former": former, "closed": closed, "early": early}
    return Unit(kind=kind, aliases=aliases, **{**own, **unit})


def _former(old: str | Mapping[str, Any], district: str | None, ended: date | None) -> Former:
    given = {"name": old} if isinstance(old, str) else dict(old)
    return Former(**{"district": district, "until": ended, **given})


def _closed(entry: Mapping[str, Any]) -> Closed:
    return Closed(entry["from"], entry.get("to", entry["from"]), entry["why"])
