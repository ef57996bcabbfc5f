"""``motcua dossiers import``: the register (sổ theo dõi hồ sơ) that a one-stop program exports, entered.

For communes without a key to the province's program. What is printed is for the official at the desk: Vietnamese,
with row numbers, never with what stands in a row.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from bot.clock import VIETNAM, MachineClock, Now
from bot.commands.console import Console
from bot.config import Settings
from bot.control import Wrong
from bot.operations import Doer, doing
from bot.program import prepare_folder
from handlers.reading.door import clean_and_mask
from onestop.register.columns import BadMap, Column, RegisterMap, dump_map, fold, load_map, synonyms
from onestop.register.listed import dump_line
from onestop.register.reading import Line, Register, Table, find_table, read_rows
from onestop.register.sheet import LARGEST, BadFile
from storage.tables import instant, micros

MAP = "dossiers-map.yaml"
PART = 200
"""Rows written at once: the server's answers wait no longer than for these."""
MOST_SHOWN = 200
MOST_WORDS = 20
LONGEST_WORD = 40
WRONG_USE, SOME_BAD = 2, 1
YES = frozenset({"c", "co", "y", "yes", "dung", "ok", "u", "vang"})

NAMES = {
    Column.CODE: "mã hồ sơ",
    Column.STATUS: "trạng thái",
    Column.RECEIVED_AT: "ngày nhận",
    Column.DUE: "ngày hẹn trả",
    Column.DONE_AT: "ngày trả kết quả",
    Column.FINISHED_AT: "ngày xử lý xong",
    Column.PROCEDURE: "mã thủ tục",
    Column.PROCEDURE_NAME: "tên thủ tục",
    Column.FIELD: "lĩnh vực",
    Column.UNIT: "đơn vị",
    Column.AGENCY: "nơi đang xử lý",
    Column.PHONE: "điện thoại (chỉ giữ mã băm của 4 số cuối)",
}


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``dossiers`` to the commands."""
    commands = subparsers.add_parser("dossiers", help="dossiers from a file, where there is no key to the backend")
    importing: argparse.ArgumentParser = commands.add_subparsers(dest="dossiers", required=True).add_parser(
        "import",
        help="the register that a one-stop program exports (XLSX, CSV)",
        description="Columns are recognised by their headings; the mapping is shown and confirmed once. Bad rows are "
        "reported by number, good ones are stored; the same file again changes nothing.",
    )
    importing.add_argument("file", metavar="FILE", type=Path)
    importing.add_argument(
        "--map", metavar="MAP.yaml", type=Path, help="which column holds what, which word means what"
    )
    importing.add_argument("--yes", action="store_true", help="accept the columns as they are recognised")
    importing.add_argument("--dry-run", action="store_true", help="only read and report; nothing is written")
    importing.add_argument("--as-of", metavar="ISO", help="when the file was exported; default: now, once for a file")
    return importing


async def run(
    args: argparse.Namespace,
    settings: Settings,
    console: Console,
    *,
    interactive: bool | None = None,
    now: Now | None = None,
) -> int:
    """Import; 0, 1 where some rows were bad, 2 where nothing could be done. Raises CannotStart, Wrong.

    ``interactive``: whether somebody sits at the console; by standard input where None.
    """
    now = now or MachineClock().now
    as_of = _instant(args.as_of)
    maps = Maps(settings.data_dir / MAP, args.map)
    try:
        raw = _read(args.file)
        table = find_table(raw, maps.written)
        _show(table, maps, args.file, console)
        if not args.dry_run:
            asked = sys.stdin.isatty() if interactive is None else interactive
            await _confirm(table, maps, args, asked, console)
        register = read_rows(table, maps.written, now())
    except BadFile as error:
        raise Wrong(f"{args.file}: {error}") from None
    _report(register, maps, args.file, console)
    if args.dry_run:
        console.out(f"Chạy thử, chưa ghi gì: {len(register.lines)} hồ sơ đọc được, {len(register.bad)} dòng hỏng.")
    else:
        async with doing(settings) as doer:
            await _enter(doer, raw, register.lines, as_of, console)
        if register.bad:
            how = "sửa trong tệp rồi nhập lại cả tệp, dòng đã nhập không đổi"
            console.err(f"{len(register.bad)} dòng hỏng chưa nhập: {how}.")
    return SOME_BAD if register.bad else 0


class Maps(Struct):
    """What is written down: in the data folder, and in the file of ``--map``, which comes first."""

    saved: Path
    given: Path | None
    written: RegisterMap = field(default_factory=RegisterMap)
    text: str = ""

    def __post_init__(self) -> None:
        if self.saved.is_file():
            self.text = self.saved.read_text("utf-8")
            self.written = _load(self.saved, self.text)
        if self.given is not None:
            self.written = _load(self.given, _text(self.given)).over(self.written)

    def knows(self, table: Table) -> bool:
        """Whether these very headings were confirmed before."""
        return tuple(fold(heading) for heading in table.headings) in self.written.confirmed

    def save(self, table: Table) -> None:
        """Write down that this table's columns are right. Raises CannotStart."""
        columns = {table.headings[place]: column for column, place in table.columns.items()}
        prepare_folder(self.saved.parent)
        # the words of --map for statuses hold from now on
        self.text = dump_map(table.headings, columns, self.written.statuses, self.text)
        self.saved.write_text(self.text, "utf-8")


def _load(path: Path, text: str) -> RegisterMap:
    try:
        return load_map(text)
    except BadMap as error:
        raise Wrong(f"{path}: {error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"--map {path}: {getattr(error, 'strerror', None) or 'không phải chữ UTF-8'}") from None


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise BadFile(f"tệp lớn hơn {LARGEST // 2**20} MB: xuất ít tháng hơn một lần")
        return path.read_bytes()
    except FileNotFoundError:
        raise Wrong(f"{path}: không có tệp này") from None
    except OSError as error:
        raise Wrong(f"{path}: {error.strerror or error}") from None


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Wrong(f"--as-of {text!r}: ghi dạng 2026-11-23T07:30") from None
    return found.replace(tzinfo=VIETNAM) if found.tzinfo is None else found


# --- the columns -------------------------------------------------------------------------------------------------


def _show(table: Table, maps: Maps, file: Path, console: Console) -> None:
    which = {place: column for column, place in table.columns.items()}
    console.err(f"{file}: tiêu đề ở dòng {table.heading_row}")
    for place, heading in enumerate(table.headings):
        if heading:
            console.err(f"  {_shown(heading)}  →  {_meaning(heading, which.get(place))}")


def _meaning(heading: str, column: Column | None) -> str:
    if column is not None:
        return NAMES[column]
    return "không lấy (của người dân, cán bộ)" if synonyms().is_of_a_person(fold(heading)) else "không lấy"


async def _confirm(table: Table, maps: Maps, args: argparse.Namespace, interactive: bool, console: Console) -> None:
    """Once for these headings. Raises Wrong where nobody confirms."""
    if maps.knows(table) and maps.given is None:
        return
    if not args.yes and maps.given is None:
        how = (
            f"xem các dòng trên; đúng thì chạy lại với --yes, sai thì ghi cột vào một tệp và dùng --map ({_example()})"
        )
        if not interactive:
            raise Wrong(f"{args.file}: các cột chưa được xác nhận: {how}")
        console.err("Các cột như vậy đúng chưa? Gõ c rồi Enter để nhận, phím khác để thôi:")
        if fold(await console.line() or "") not in YES:
            raise Wrong(f"{args.file}: chưa nhập gì: {how}")
    maps.save(table)
    console.err(f"Đã ghi cách đọc cột vào {maps.saved}; lần sau tiêu đề như vậy thì không hỏi nữa.")


def _example() -> str:
    return 'ví dụ: columns: {"Số HS": code, "Hạn": due}'


# --- the rows ----------------------------------------------------------------------------------------------------


def _report(register: Register, maps: Maps, file: Path, console: Console) -> None:
    for bad in register.bad[:MOST_SHOWN]:
        console.err(f"{file}:{bad.row}: {bad.why}")
    if len(register.bad) > MOST_SHOWN:
        console.err(f"… và {len(register.bad) - MOST_SHOWN} dòng hỏng nữa")
    for word, count in sorted(register.words.items(), key=lambda each: -each[1])[:MOST_WORDS]:
        console.err(f"trạng thái chưa biết: “{_shown(word)}”, {count} hồ sơ; ghi là “chưa rõ”")
    if len(register.words) > MOST_WORDS:
        console.err(f"… và {len(register.words) - MOST_WORDS} chữ nữa: cột này có đúng là trạng thái không?")
    if register.words:
        console.err(f'Muốn máy hiểu, ghi vào {maps.saved}: statuses: {{"chữ trong tệp": số 1 đến 10}}, rồi nhập lại.')
    if register.skipped:
        console.err(f"{register.skipped} dòng tiêu đề, cộng, chữ ký: bỏ qua")
    without = sum(line.dossier.phone_last4 is None for line in register.lines)
    if without:
        console.err(f"{without} hồ sơ không có số điện thoại tra được (trống, số giả, một số ghi cho quá nhiều hồ sơ)")


def _shown(text: str) -> str:
    """A word of the file: masked, should a number stand where no number belongs."""
    masked = clean_and_mask(text)
    return masked if len(masked) <= LONGEST_WORD else masked[:LONGEST_WORD] + "…"


async def _enter(doer: Doer, raw: bytes, lines: Sequence[Line], as_of: datetime | None, console: Console) -> None:
    said = None if as_of is None else micros(as_of)
    begun = await doer.do("dossiers_begin", sha256=hashlib.sha256(raw).hexdigest(), as_of=said, rows=len(lines))
    total: Counter[str] = Counter()
    for part in _parts(lines):
        total.update(await doer.do("dossiers_enter", as_of=begun["as_of"], lines=[dump_line(line) for line in part]))
    when = f"{instant(begun['as_of']).astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    again = ", tệp này đã nhập lúc đó" if begun["before"] else ""
    console.out(
        f"Số liệu lúc {when}{again}: {total['new']} hồ sơ mới, {total['changed']} đổi, {total['same']} như cũ, "
        f"{total['older']} đã có tin mới hơn."
    )


def _parts(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    return (lines[first : first + PART] for first in range(0, len(lines), PART))
