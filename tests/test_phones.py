"""Numbers that are everybody's prove nothing: counted as pushed, by keyed hashes, and told to the unit."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.desk import Backend, BackendThenTables, Tables
from bot.keys import Keys
from onestop import phones, store
from onestop.code import DossierCode
from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier
from onestop.rows import MOST_OF_A_PHONE, read_dossier, read_number, read_phone
from storage.engine import Database
from storage.tables import phone_uses
from tests.fakes import NOON

KEY = b"a key for tests only"
CLERKS, OWN = "0100 000 777", "0100 000 778"


def row(n: int, phone: str = CLERKS, month: int = 11, status: str = "4") -> Dossier:
    return read_dossier(
        {
            "MaHoSo": f"H99.07-26{month:02}02-{n:04}",
            "SoDienThoai": phone,
            "NgayTiepNhan": f"2026{month:02}02080000",
            "ThoiDiemXuLy": f"2026{month:02}02090000",
            "TrangThaiHoSo": status,
        }
    )


async def push(database: Database, *rows: Dossier, at: datetime = NOON) -> None:
    await database.write(lambda c: store.record(c, rows, at, unit_of=lambda _: "H99.07", phone_key=KEY, demo=False))


async def proved(database: Database, dossier: Dossier, digits: str = "0777") -> bool:
    found = await database.read(lambda c: store.find(c, dossier.code.canonical))
    assert found is not None
    return store.proves(KEY, found, digits)


async def test_fifteen_dossiers_of_a_month_are_a_familys_sixteen_are_a_clerks(database: Database) -> None:
    rows = [row(n) for n in range(1, MOST_OF_A_PHONE + 2)]
    await push(database, *rows[:-1])
    assert [await proved(database, each) for each in (rows[0], rows[-2])] == [True, True]
    await push(database, rows[-1], row(99, OWN))
    assert not any([await proved(database, each) for each in rows])
    assert await proved(database, row(99, OWN), "0778")
    assert await database.read(lambda c: phones.unprovable(c, "H99.07")) == len(rows)


async def test_it_stays_so_in_other_months_and_when_rows_come_again(database: Database) -> None:
    rows = [row(n) for n in range(1, MOST_OF_A_PHONE + 2)]
    earlier = row(1, month=10)
    await push(database, earlier)
    assert await proved(database, earlier)
    await push(database, *rows)
    await push(database, *rows)
    assert not await proved(database, earlier)
    assert not await proved(database, rows[3])


async def test_months_are_counted_apart_and_a_dossier_once(database: Database) -> None:
    half = MOST_OF_A_PHONE // 2 + 1
    rows = [row(n, month=month) for month in (10, 11) for n in range(1, half + 1)]
    for _ in range(3):
        await push(database, *rows)
    assert all([await proved(database, each) for each in rows])


async def test_a_number_put_right_proves_again_whatever_becomes_of_the_old_one(database: Database) -> None:
    await push(database, *(row(n) for n in range(1, MOST_OF_A_PHONE + 2)))
    await push(database, row(1, OWN))
    await push(database, row(50))
    assert await proved(database, row(1, OWN), "0778")
    assert not await proved(database, row(50))


async def test_blank_and_dummy_phones_are_told_to_the_unit_and_counted_with_nobody(database: Database) -> None:
    rows = [row(n, phone) for n, phone in enumerate(("", "0900000000", "0999999999", "không có", "4821", OWN), 1)]
    await push(database, *rows, row(40, "", status="10"))
    assert await database.read(lambda c: phones.unprovable(c, "H99.07")) == 5
    assert len(await database.read(lambda c: c.execute(select(phone_uses)).all())) == 1


class Backends:
    """A client whose backend knows one dossier."""

    def __init__(self, known: Dossier) -> None:
        self.known = known

    async def lookup(self, code: DossierCode) -> object:
        from onestop.client import Answer

        return Answer(self.known if code == self.known.code else None, NOON)


async def test_what_is_looked_up_is_proved_by_no_shared_number_either(database: Database) -> None:
    asked = row(70)
    onestop = BackendThenTables(Backend(Backends(asked), lambda: NOON), Tables(database, KEY, lambda: NOON))  # type: ignore[arg-type]
    await push(database, row(60, OWN))
    assert onestop.proves(await onestop.look_up(asked.code.printed), "0777")
    await push(database, *(row(n) for n in range(1, MOST_OF_A_PHONE + 2)))
    assert not onestop.proves(await onestop.look_up(asked.code.printed), "0777")


async def test_uses_of_long_past_months_are_forgotten(database: Database) -> None:
    await push(database, row(1, month=1), row(2, month=11))
    later = datetime(2027, 3, 1, tzinfo=VIETNAM)
    assert await database.write(lambda c: phones.forget(c, later - timedelta(days=1))) == 0
    assert await database.write(lambda c: phones.forget(c, later)) == 1


@pytest.mark.parametrize("told", ["0912344821", "+84 912 344 821", "84912344821", "0912.344.821, 0100000001"])
def test_one_number_however_it_is_written(told: str) -> None:
    assert read_number(told) == "0912344821"
    assert read_phone(told) == "4821"
    assert "0912344821" not in repr(row(1, told))


def test_the_last_four_digits_are_kept_as_a_keyed_hash() -> None:
    one, other = (Keys(key).phone("4821") for key in (b"one key for tests only", b"another key for tests"))
    assert one != other
    assert len(one) == 40 and "4821" not in one + other


DUMMIES = ("", "không có", "0", "4821", "0123456789", "1234567890", "0987654321", "0912345678", "+84 912 345 678")
DUMMIES += ("0900000000", "0999999999", "000000000", "0100000", "001203004567")


@pytest.mark.parametrize("told", DUMMIES)
def test_blank_dummy_and_broken_phones_prove_nothing(told: str) -> None:
    assert read_phone(told) is None


@pytest.mark.parametrize("told", ["0912345679", "84912345679", "+84 912.345.679", "0912 345 679; 0900000000"])
def test_a_real_number_is_read_however_it_is_written(told: str) -> None:
    assert (read_number(told), read_phone(told)) == ("0912345679", "5679")
