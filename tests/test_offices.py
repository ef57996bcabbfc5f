"""Units: their names, their hours, what became of the old ones."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from offices.hours import Early, Opening, Season, Span, lunar_day
from offices.unit import DATA, VIETNAM, Kind, Offices, Unit, hours_text, next_opening, open_at

OFFICES = Offices.load([DATA / "lam-chau.yaml"])


def no_holiday(day: date) -> Opening:
    return Opening(day.weekday())


def culture_day(day: date) -> Opening | None:
    return None if day == date(2026, 11, 24) else Opening(day.weekday())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def unit(code: str) -> Unit:
    found = OFFICES.by_code(code)
    assert found is not None
    return found


def test_the_province_adds_up() -> None:
    communes = [unit for unit in OFFICES.units if unit.kind is Kind.COMMUNE]
    assert [unit.code for unit in communes] == [f"H99.{n:02d}" for n in range(1, 13)]
    assert sum(unit.people or 0 for unit in communes) == 236_000
    assert sum(unit.weekly or 0 for unit in communes) == 2_340
    assert sum(unit.certified or 0 for unit in communes) == 1_294


def test_nobody_can_be_rung_up_and_everything_is_marked() -> None:
    for unit in OFFICES.units:
        digits = (unit.phone or "").replace(" ", "")
        assert digits.startswith("02000000") and len(digits) == 10, unit.code
        assert unit.demo and unit.province == "tỉnh Lam Châu"


NAMED = [
    ("xã Đồng Sậy", "H99.07"),
    ("dong say", "H99.07"),
    ("XÃ ĐỒNG SẬY", "H99.07"),
    ("UBND xã Đồng Sậy, tỉnh Lam Châu", "H99.07"),
    ("Trung tâm Phục vụ hành chính công xã Đồng Sậy", "H99.07"),
    ("Ủy ban nhân dân phường Bến Trúc", "H99.01"),
    ("đặc khu Hòn Sim", "H99.12"),
    ("Trung tâm Phục vụ hành chính công tỉnh Lam Châu", "H99"),
    ("Văn phòng đăng ký đất đai, chi nhánh Sông Trúc", "H99.81"),
    ("Sông Trúc", None),
    ("Hòa Trúc", None),
    ("", None),
]


@pytest.mark.parametrize(("name", "code"), NAMED)
def test_by_name(name: str, code: str | None) -> None:
    found = OFFICES.by_name(name)
    assert (None if found is None else found.code) == code


RESOLVED = [
    ("H99.07", "H99.07"),
    ("h99.07", "H99.07"),
    ("000.00.07.H99", "H99.07"),
    ("xã Đồi Sim", "H99.08"),
    ("", "H99.01"),
    (None, "H99.01"),
    ("Phòng không ai biết", "H99.01"),
    ("H15.50.05", "H15.50.05"),
    ("U1", "U1"),
]


@pytest.mark.parametrize(("told", "code"), RESOLVED)
def test_whose_dossier_it_is(told: str | None, code: str) -> None:
    assert OFFICES.resolve(told, "H99.01").code == code


BECAME = [
    ("an old unit's code", "H99.52.12", "H99.07"),
    ("the same from the bottom up", "000.12.52.H99", "H99.07"),
    ("an old unit's name", "UBND xã Tân Sậy", "H99.07"),
    ("a name that is today's too", "xã Trúc Hải", "H99.05"),
    ("a split one's name tells not which", "xã Hòa Trúc", "H99.01"),
    ("a split one's code neither", "H99.52.01", "H99.52.01"),
    ("a real place", "xã Đà Lạt", "H99.01"),
]


@pytest.mark.parametrize(("label", "told", "code"), BECAME, ids=[row[0] for row in BECAME])
def test_what_an_old_unit_worked_on_is_todays(label: str, told: str, code: str) -> None:
    assert OFFICES.resolve(told, "H99.01").code == code


def test_an_old_units_code_finds_the_new_desk() -> None:
    assert OFFICES.unit("H99.52.12").phone == unit("H99.07").phone
    assert not OFFICES.unit("H99.52.01").known
    codes = [old.code for each in OFFICES.units for old in each.former]
    assert None not in codes and len(set(codes)) == len(codes) - 1, "only the split commune stands twice"


def test_an_unknown_unit_is_its_code() -> None:
    unit = OFFICES.unit("H15.50")
    assert (unit.name, unit.short, unit.known, unit.phone, unit.kind) == ("H15.50", "H15.50", False, None, Kind.UNKNOWN)
    assert open_at(unit, at("2026-11-20T09:00"), no_holiday) is None
    assert hours_text(unit, date(2026, 11, 20)) is None
    assert next_opening(unit, at("2026-11-20T09:00"), no_holiday) is None


def test_a_split_commune_has_two_heirs() -> None:
    heirs = OFFICES.formerly("xã Hòa Trúc")
    assert [(unit.code, former.part) for unit, former in heirs] == [
        ("H99.02", "thôn 1 đến thôn 4"),
        ("H99.07", "thôn 5 đến thôn 9"),
    ]
    assert [unit.code for unit, _ in OFFICES.formerly("thị trấn Phố Sim")] == ["H99.03"]
    assert [unit.code for unit, _ in OFFICES.formerly("tân trúc")] == ["H99.01"]
    assert [unit.code for unit, _ in OFFICES.formerly("tân sậy")] == ["H99.07"]
    assert OFFICES.formerly("Đà Lạt") == ()


OPEN = [
    ("in the morning", "H99.07", "2026-11-20T08:00", True),
    ("the minute it opens", "H99.07", "2026-11-20T07:30", True),
    ("the minute it closes", "H99.07", "2026-11-20T11:30", False),
    ("at noon", "H99.07", "2026-11-20T12:15", False),
    ("on Saturday, a commune", "H99.07", "2026-11-21T08:00", False),
    ("on Saturday, the seat", "H99.01", "2026-11-21T08:00", True),
    ("on Saturday afternoon", "H99.01", "2026-11-21T14:00", False),
    ("late on Thursday", "H99.06", "2026-11-19T18:30", True),
    ("late on Friday", "H99.06", "2026-11-20T18:30", False),
    ("summer hours", "H99.10", "2026-07-20T07:10", True),
    ("summer is over", "H99.10", "2026-10-16T07:10", False),
    ("the last day of summer", "H99.10", "2026-10-15T07:10", True),
    ("a holiday", "H99.07", "2026-11-24T08:00", False),
    ("a market's day (mùng 10), in time", "H99.05", "2026-11-18T10:59", True),
    ("a market's day, too late", "H99.05", "2026-11-18T11:00", False),
    ("a market's day, in the afternoon", "H99.05", "2026-11-18T14:00", False),
    ("the day after it", "H99.05", "2026-11-19T11:10", True),
    ("a market's day elsewhere", "H99.07", "2026-11-18T11:10", True),
]


@pytest.mark.parametrize(("label", "code", "when", "is_open"), OPEN, ids=[row[0] for row in OPEN])
def test_open_at(label: str, code: str, when: str, is_open: bool) -> None:
    assert open_at(unit(code), at(when), culture_day) is is_open
    opening = next_opening(unit(code), at(when), culture_day)
    assert opening is not None and (opening == at(when)) is is_open


def test_a_market_day_ends_the_day_before_the_hour() -> None:
    assert unit("H99.05").spans(date(2026, 11, 18), no_holiday) == (Span(time(7, 30), time(11)),)
    assert [each.why for each in unit("H99.05").early_on(date(2026, 11, 18))] == ["phiên chợ"]
    assert unit("H99.05").early_on(date(2026, 11, 19)) == ()


def test_the_moon_counts_in_vietnam() -> None:
    """Tết 2030 is a day earlier here than by China's clock; beyond the years that are known no day is a lunar one."""
    assert lunar_day(date(2030, 2, 2)) == 1
    assert lunar_day(date(2026, 9, 25)) == 15
    assert lunar_day(date(2101, 2, 1)) is None


def test_a_half_day_ends_at_noon() -> None:
    half = unit("H99.06").spans(date(2026, 11, 19), lambda day: Opening(day.weekday(), time(11, 30)))
    assert half == (Span(time(7, 30), time(11, 30)),)


@pytest.mark.parametrize("entry", [{"lunar": [], "until": "11:00"}, {"lunar": [31], "until": "11:00"}, {"lunar": [5]}])
def test_wrong_early_days_are_refused(entry: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        Early.parse({"why": "phiên chợ", **entry})


def test_next_opening_leaps_over_the_weekend_and_the_holiday() -> None:
    assert next_opening(unit("H99.07"), at("2026-11-23T17:00"), culture_day) == at("2026-11-25T07:30")
    assert next_opening(unit("H99.07"), at("2026-11-20T18:00"), culture_day) == at("2026-11-23T07:30")


HOURS = [
    ("H99.07", date(2026, 11, 20), "Thứ Hai đến thứ Sáu: 7:30–11:30 và 13:30–17:00."),
    ("H99.01", date(2026, 11, 20), "Thứ Hai đến thứ Sáu: 7:30–11:30 và 13:30–17:00. Thứ Bảy: 7:30–11:30."),
    (
        "H99.06",
        date(2026, 11, 20),
        "Thứ Hai đến thứ Tư: 7:30–11:30 và 13:30–17:00. Thứ Năm: 7:30–11:30 và 13:30–19:00. "
        "Thứ Sáu: 7:30–11:30 và 13:30–17:00.",
    ),
    ("H99.11", date(2026, 7, 1), "Thứ Hai đến thứ Sáu: 7:00–11:30 và 13:30–16:30. Thứ Bảy có bàn lưu động ở chợ."),
]


@pytest.mark.parametrize(("code", "day", "said"), HOURS)
def test_hours_in_words(code: str, day: date, said: str) -> None:
    assert hours_text(unit(code), day) == said


@pytest.mark.parametrize("text", ["", "7-11", "11:30-7:30", "7:30-7:30", "25:00-26:00", "7:61-8:00"])
def test_wrong_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Span.parse(text)


def test_a_day_can_be_closed() -> None:
    season = Season.parse({"mon-fri": "7:30-11:30", "wed": ""})
    assert [len(spans) for spans in season.week] == [1, 1, 0, 1, 1, 0, 0]


WRONG_FILES = [
    ("not a mapping", "- 1"),
    ("no units", "province: x\nhours: {}"),
    ("a unit without a name", "province: x\nhours: {}\nunits: [{code: U1, short: u, kind: commune}]"),
    ("an unknown kind", "province: x\nhours: {}\nunits: [{code: U1, name: u, short: u, kind: village}]"),
    ("an unknown field", "province: x\nhours: {}\nunits: [{code: U1, name: u, short: u, kind: commune, phnoe: '1'}]"),
    ("not YAML", "units: ["),
]


@pytest.mark.parametrize(("label", "text"), WRONG_FILES, ids=[row[0] for row in WRONG_FILES])
def test_a_wrong_file_is_named(label: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "u.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"u\.yaml: "):
        Offices.load([path])


def test_one_code_one_unit() -> None:
    with pytest.raises(ValueError, match="two units have the code U1"):
        Offices.of([Unit("U1", "a", "a"), Unit("U1", "b", "b")])


def test_a_name_of_two_units_names_none() -> None:
    two = Offices.of([Unit("U1", "xã Tân An", "Tân An"), Unit("U2", "phường Tân An", "phường Tân An")])
    assert two.by_name("Tân An") is None
    assert two.resolve("Tân An", "U2").code == "U2"
