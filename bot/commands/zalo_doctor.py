"""``motcua doctor zalo``: the Official Account as it stands, and the twelve points that nobody here could try.

The adapter follows what is documented, second hand. Before a commune relies on it, somebody with the real account
goes through these points; each is a command of its own (``zalo_points``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.commands.zalo import STATES
from bot.config import Settings
from bot.control import ControlClient, Wrong

POINTS: tuple[tuple[str, str], ...] = (
    ("Chữ ký webhook: số nào đứng đầu, khóa nào", "nhắn OA một tin khi lệnh bảo"),
    ("Dạng nút bấm và số nút (5)", "bấm “Nút 5” khi lệnh bảo"),
    ("PKCE mỗi lần một khác", "làm motcua zalo login trước; Zalo báo sai mã xác minh thì đặt ZALO_PKCE_VERIFIER"),
    ("Tin user_feedback và msg_id khi gửi mẫu theo user id", "chấm mẫu máy gửi"),
    ("Mẫu đánh giá gửi theo user id, và giá", "gửi một mẫu (có thể mất tiền)"),
    ("Thư báo lỗi của máy chủ cấp mã", "đưa một mã bịa; cặp mã đang dùng không bị động tới"),
    ("Số tin miễn phí trong 48 giờ", "gửi 9 tin cho người vừa nhắn"),
    ("Đường dẫn https://zalo.me/<OA>?text=…", "mở đường dẫn lệnh in ra trên điện thoại"),
    ("Gói và phí cho cơ quan nhà nước", "đọc gói; giá thì hỏi Zalo"),
    ("Giờ đêm của mẫu (22 giờ – 6 giờ)", "chạy sau 22 giờ"),
    ("Chấm điểm trên mẫu có mở lại cửa 7 ngày không", "cần --user của người im lặng hơn 7 ngày, họ chấm mẫu"),
    ("Zalo Bot: hạn mức, gửi lại", "gửi 30 tin, rồi nhắn bot chữ lệnh in ra"),
)
"""What only a real account can settle, and what somebody has to do while the command looks."""
WATCHED = (
    "signed_with",
    "forged",
    "unsigned",
    "without_buttons",
    "refused",
    "feedback",
    "official",
    "left_to",
    "not_st",
)


def points(counts: Mapping[str, int]) -> list[str]:
    """The twelve points, and what the running server has counted of them."""
    lines = [f"{n}. {what}\n   motcua doctor zalo {n}: {how}" for n, (what, how) in enumerate(POINTS, 1)]
    seen = [f"  {name}: {count}" for name, count in sorted(counts.items()) if name.startswith(WATCHED)]
    return [*lines, "", "Máy chủ đang chạy đã đếm:" if seen else "Máy chủ chưa đếm được gì.", *seen]


async def counted(settings: Settings) -> Mapping[str, int]:
    """What the channel of the running server has counted; nothing where none runs."""
    client = await ControlClient.connect(settings.data_dir)
    if client is None:
        return {}
    try:
        return dict(await client.do("zalo_counts"))
    except Wrong:
        return {}
    finally:
        await client.close()


async def look(settings: Settings) -> list[tuple[bool, str]]:
    """(as it should be, in words) about the account's settings, Zalo's servers and the token."""
    zalo = settings.zalo
    found: list[tuple[bool, str]] = []
    if not zalo.app_secret:
        found.append((False, "ZALO_APP_SECRET chưa đặt: mã truy cập không tự đổi được, sau 25 giờ Zalo ngừng"))
    if settings.public_url is None and zalo.is_elsewhere:
        found.append((False, "MOTCUA_PUBLIC_URL chưa đặt: cán bộ không lấy được bảng tính Excel trên Zalo"))
    found.append(await _reach(zalo.api_base_url))
    client = await ControlClient.connect(settings.data_dir)
    if client is None:
        found.append((True, "Zalo: máy chủ chưa chạy, nên chưa xem được mã; xem: motcua zalo status"))
        return found
    try:
        state: Any = await client.do("zalo_state")
        if state is not None:
            found.append(await _account(client))
    except Wrong as wrong:
        return [*found, (False, f"Zalo: {wrong}")]
    finally:
        await client.close()
    if state is None:
        return [*found, (False, "Zalo chưa có mã truy cập: chạy motcua zalo login")]
    return [*found, (state["state"] in ("good", "renewing"), f"mã truy cập Zalo {STATES[state['state']]}")]


async def _account(client: ControlClient) -> tuple[bool, str]:
    told = await client.do("zalo_account")
    verified = "đã xác thực" if told["is_verified"] else "CHƯA xác thực"
    return bool(
        told["is_verified"]
    ), f"tài khoản OA “{told['name']}”: {verified}, gói {told['package_name'] or 'không rõ'}"


async def _reach(root: str) -> tuple[bool, str]:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.get(f"{root}/v2.0/oa/getoa") as reply,
        ):
            told = await reply.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return False, f"không tới được Zalo ({type(error).__name__}): xem lại mạng ra ngoài của máy chủ"
    if isinstance(told, dict) and "error" in told:
        return True, "máy chủ của Zalo trả lời"
    return False, f"{root} trả lời không phải như Zalo: xem lại ZALO_API_BASE_URL"
