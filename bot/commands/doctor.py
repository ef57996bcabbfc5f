"""``motcua doctor``: looks at everything that a start needs and says, in Vietnamese, what is wrong and what to do."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from bot.commands import zalo_doctor
from bot.commands.console import Console
from bot.config import CannotStart, Settings, WrongSetting, read_settings
from bot.control import ControlClient
from bot.lock import DatabaseLock, InUse
from bot.program import HOLIDAYS, load_shelf, prepare_folder
from onestop import store
from onestop.days.calendar import VIETNAM, Calendar, take_own_years, vietnam, vietnam_date
from onestop.days.holidays import BadYears
from storage.engine import Database
from storage.migrate import HEAD, SchemaNewer, current_revision

GOOD, BAD, NOTE = "đạt ", "HỎNG", "lưu ý"
UNSET = "chưa đặt"
SAFE_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
Check = Callable[["Doctor", Settings], Awaitable[None]]
LEAST_FREE = 200 * 1024 * 1024


class Doctor:
    """Collects findings; ``bad`` counts what would keep the program from running well. Of settings that are set and
    wrong (``mistaken``) it is not noted that they are missing."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.bad = 0
        self.mistaken: frozenset[str] = frozenset()

    def good(self, what: str) -> None:
        """As it should be."""
        self._console.out(f"{GOOD}  {what}")

    def note(self, what: str) -> None:
        """Works, but should be known."""
        if not any(what.startswith(f"{UNSET} {name}") for name in self.mistaken):
            self._console.out(f"{NOTE} {what}")

    def wrong(self, what: str) -> None:
        """Must be mended."""
        self.bad += 1
        self._console.out(f"{BAD}  {what}")


async def run(console: Console, topic: str | None = None, dotenv: Path | None = Path(".env")) -> int:
    """Look at everything; 0 when all is well, else 1. ``topic`` "zalo": first what to confirm on the real account."""
    doctor = Doctor(console)
    try:
        settings = read_settings(dotenv=dotenv)
    except WrongSetting as wrong:
        for line in str(wrong).splitlines():
            doctor.wrong(f"cài đặt {line}")
        settings, doctor.mistaken = wrong.others, wrong.names
    else:
        doctor.good("cài đặt đọc được hết, không có tên lạ")
    if topic == "zalo":
        for line in zalo_doctor.points(await zalo_doctor.counted(settings)):
            console.out(line)
    checks: tuple[Check, ...] = (_folder, _shelf, _calendar, _database, _port, _backend, _zalo, _channels)
    for check in checks:
        await check(doctor, settings)
    console.err("Mọi thứ ổn." if doctor.bad == 0 else f"Có {doctor.bad} chỗ cần sửa, xem các dòng {BAD}.")
    return 1 if doctor.bad else 0


async def _folder(doctor: Doctor, settings: Settings) -> None:
    try:
        prepare_folder(settings.data_dir)
    except CannotStart as error:
        doctor.wrong(f"thư mục dữ liệu {settings.data_dir}: {error}")
        return
    free = shutil.disk_usage(settings.data_dir).free
    if free < LEAST_FREE:
        doctor.wrong(f"đĩa của {settings.data_dir} chỉ còn {free // 2**20} MB trống: dọn bớt hoặc chuyển sang đĩa khác")
    else:
        doctor.good(f"thư mục dữ liệu {settings.data_dir} ghi được, còn {free // 2**30} GB trống")


async def _shelf(doctor: Doctor, settings: Settings) -> None:
    try:
        shelf = load_shelf(settings)
    except CannotStart as error:
        doctor.wrong(f"danh mục hoặc đơn vị: {error}")
        return
    doctor.good(f"danh mục có {len(shelf.catalog.procedures)} thủ tục; biết {len(shelf.offices.units)} đơn vị")
    if not settings.unit:
        doctor.note("chưa đặt MOTCUA_UNIT (mã đơn vị của mình): máy không nói được giờ làm việc, điện thoại của quầy")
    elif shelf.offices.by_code(settings.unit) is None:
        doctor.note(f"MOTCUA_UNIT={settings.unit} máy chỉ biết mã: đưa vào bằng motcua office import (docs/catalog.md)")


async def _calendar(doctor: Doctor, settings: Settings) -> None:
    own, today = settings.data_dir / HOLIDAYS, vietnam_date(datetime.now(VIETNAM))
    try:
        take_own_years(own)
    except (OSError, BadYears) as error:
        doctor.wrong(f"lịch nghỉ riêng: {error}")
        return
    for line in missing_notices(vietnam(), today, own):
        doctor.note(line)
    if not vietnam().unnoticed(today):
        doctor.good(f"lịch nghỉ có thông báo của các năm {min(vietnam().noticed)}–{max(vietnam().noticed)}")


def missing_notices(calendar: Calendar, today: date, own: Path) -> tuple[str, ...]:
    """A line for each year whose days of rest should be known by now and are only what the law says."""
    lines = []
    for number in calendar.unnoticed(today):
        year = calendar.year(number)
        doubtful = sorted(() if year is None else year.doubt)
        days = ", ".join(f"{day.day}/{day.month}" for day in doubtful) or "cả năm"
        lines.append(
            f"chưa có thông báo nghỉ lễ, nghỉ bù, làm bù của năm {number}: máy tính theo luật, chưa chắc {days}; "
            f"có thông báo thì ghi vào {own} (docs/operating.md), rồi chạy lại"
        )
    return tuple(lines)


async def _database(doctor: Doctor, settings: Settings) -> None:
    if settings.url.startswith("sqlite"):
        version = sqlite3.sqlite_version_info
        if version < SAFE_SQLITE[0] and not any(version[:2] == safe[:2] and version >= safe for safe in SAFE_SQLITE):
            doctor.note(
                f"SQLite {sqlite3.sqlite_version} có lỗi WAL khi hai kết nối cùng ghi; motcua chỉ ghi bằng một kết nối "
                "nên không gặp, nhưng nên nâng cấp lên 3.51.3"
            )
    database = Database(settings.url)
    if database.sqlite and not Path(str(database.url.database)).exists():
        doctor.good("chưa có cơ sở dữ liệu: lần chạy đầu sẽ tạo")
        return
    lock = DatabaseLock(database)
    try:
        await lock.take()
    except InUse:
        running = await ControlClient.connect(settings.data_dir)
        doctor.good("máy chủ đang chạy và giữ cơ sở dữ liệu") if running else doctor.wrong(
            "cơ sở dữ liệu đang bị một chương trình motcua khác giữ: tắt chương trình đó trước"
        )
        if running is not None:
            await running.close()
        return
    except Exception as error:
        doctor.wrong(f"không mở được cơ sở dữ liệu {database.url.render_as_string()}: {type(error).__name__}")
        return
    try:
        found = await current_revision(database)
        if found == HEAD:
            doctor.good(f"cơ sở dữ liệu đúng phiên bản {HEAD}")
        else:
            doctor.note(f"cơ sở dữ liệu ở phiên bản {found}: lần chạy tới sẽ nâng lên {HEAD}; nên sao lưu trước")
    except SchemaNewer as error:
        doctor.wrong(f"cơ sở dữ liệu mới hơn chương trình: {error}")
    finally:
        await database.close()
        await lock.release()


async def _port(doctor: Doctor, settings: Settings) -> None:
    running = await ControlClient.connect(settings.data_dir)
    if running is not None:
        await running.close()
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            doctor.wrong(
                f"cổng {settings.host}:{settings.port} không mở được ({error.strerror}): "
                "tắt chương trình đang dùng nó, hoặc đặt MOTCUA_PORT khác"
            )
        else:
            doctor.good(f"cổng {settings.host}:{settings.port} còn trống")


async def _backend(doctor: Doctor, settings: Settings) -> None:
    if settings.onestop_base_url is None and await _holds_dossiers(settings):
        doctor.good("hồ sơ: tra trong sổ đã nhập (motcua dossiers import), chưa nối với hệ thống một cửa")
        return
    if settings.onestop_base_url is None:
        doctor.note("chưa đặt ONESTOP_BASE_URL: máy trả lời “chưa kết nối với một cửa” khi dân tra hồ sơ")
        return
    question = {
        "session": settings.onestop_token or "",
        "madonvi": settings.unit,
        "service": "TraCuuHoSo",
        "mahoso": "",
    }
    try:
        timeout = aiohttp.ClientTimeout(total=5)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{settings.onestop_base_url}/api", json=question) as reply,
        ):
            told = await reply.json(content_type=None)
        code = told.get("error_code") if isinstance(told, dict) else None
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        doctor.wrong(f"hệ thống một cửa {settings.onestop_base_url} không trả lời ({type(error).__name__})")
        return
    if code == "00":
        doctor.good("hệ thống một cửa trả lời đúng dạng")
    else:
        doctor.wrong(f"hệ thống một cửa trả lời error_code {code!r}: xem lại ONESTOP_TOKEN và MOTCUA_UNIT")


async def _holds_dossiers(settings: Settings) -> bool:
    """Whether any dossier is stored; False where that cannot be read."""
    database = Database(settings.url)
    if database.sqlite and not Path(str(database.url.database)).exists():
        return False
    try:
        return await database.read(store.is_any)
    except (SQLAlchemyError, OSError):
        return False
    finally:
        await database.close()


async def _zalo(doctor: Doctor, settings: Settings) -> None:
    if not settings.zalo.oa_id:
        doctor.note("chưa đặt ZALO_OA_ID: Zalo OA tắt; cách nối ở docs/operating.md")
        return
    for well, what in await zalo_doctor.look(settings):
        (doctor.good if well else doctor.wrong)(what)


async def _channels(doctor: Doctor, settings: Settings) -> None:
    if not settings.telegram_bot_token:
        doctor.note("chưa đặt TELEGRAM_BOT_TOKEN: Telegram tắt, trang web vẫn chạy")
        return
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            address = f"{settings.telegram_api_base_url}/bot{settings.telegram_bot_token}/getMe"
            async with session.get(address) as reply:
                status = reply.status
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        doctor.note(f"không tới được Telegram ({type(error).__name__}): các nhà mạng ở Việt Nam thường chặn")
        return
    if status == 200:
        doctor.good("Telegram nhận mã bot")
    else:
        doctor.wrong(f"Telegram không nhận TELEGRAM_BOT_TOKEN (HTTP {status}): lấy lại mã ở @BotFather")
