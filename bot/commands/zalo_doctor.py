"""``motcua doctor zalo``: the Official Account as it stands, and the twelve points that nobody here could try.

The adapter follows what is documented, second hand. Before a commune relies on it, somebody with the real account
goes through these points; each says what the machine does now, how to see what Zalo does, and which setting changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.commands.zalo import STATES
from bot.config import Settings
from bot.control import ControlClient, Wrong

POINTS: tuple[tuple[str, str], ...] = (
    (
        "Chữ ký webhook: số nào đứng đầu, khóa nào",
        "Đặt ZALO_OA_SIGNED_WITH=either, nhắn OA một tin rồi xem dòng “signed_with” dưới đây. Không có dòng nào mà "
        "“forged” tăng: thử đặt ZALO_OA_SECRET bằng khóa của ứng dụng.",
    ),
    (
        "Dạng nút bấm và số nút (5)",
        "Nhắn “menu”. Có “without_buttons” dưới đây: đặt ZALO_OA_BUTTONS=template rồi thử lại.",
    ),
    (
        "PKCE mỗi lần một khác",
        "motcua zalo login. Zalo báo sai mã xác minh: đặt ZALO_PKCE_VERIFIER bằng giá trị lưu ở trang quản trị.",
    ),
    (
        "Tin user_feedback và msg_id khi gửi mẫu theo user id",
        "motcua zalo try-template rating --user ID, rồi chấm thử. “feedback_of_try” phải tăng; "
        "“feedback_of_others” tăng là msg_id không khớp.",
    ),
    (
        "Mẫu đánh giá gửi theo user id, và giá",
        "motcua zalo try-template rating --user ID: Zalo báo -249 là mẫu này chỉ gửi được theo số điện thoại: "
        "đặt ZALO_OA_PHONE_IMAGE. motcua zalo costs cho biết đã tốn bao nhiêu.",
    ),
    (
        "Thư báo lỗi của máy chủ cấp mã",
        "motcua zalo import-token với refresh token bịa, rồi motcua zalo renew: phải báo là Zalo không cho đổi, và "
        "motcua zalo status là refused. Xong thì motcua zalo login lại.",
    ),
    ("Số tin miễn phí trong 48 giờ", "Nhắn qua lại hơn 8 tin rồi motcua zalo costs: có số là Zalo đã tính tiền."),
    (
        "Đường dẫn https://zalo.me/<OA>?text=…",
        "Mở trên điện thoại. Chữ không điền sẵn thì đừng in mã QR dạng này; máy không dựa vào nó.",
    ),
    ("Gói và phí cho cơ quan nhà nước", "Hỏi Zalo. Gói đang dùng đọc ở dòng “tài khoản OA” của lệnh này."),
    (
        "Giờ đêm của mẫu (22 giờ – 6 giờ)",
        "motcua zalo try-template rating sau 22 giờ: Zalo phải báo -133 hoặc -234. "
        "Máy chỉ gửi trong MOTCUA_CONTACT_HOURS.",
    ),
    (
        "Chấm điểm trên mẫu có mở lại cửa 7 ngày không",
        "motcua zalo try-template cho người 8 ngày không nhắn, họ chấm, rồi cán bộ nhắn họ trong OA Manager: "
        "gửi được là có mở.",
    ),
    (
        "Zalo Bot: hạn mức, gửi lại, nhóm chat",
        "Nhắn dồn 100 tin xem có 429; tắt máy chủ 5 phút rồi bật xem tin có đến lại (webhook).",
    ),
)
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
    lines = [f"{n}. {what}\n   {how}" for n, (what, how) in enumerate(POINTS, 1)]
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
    if settings.files_at is None:
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
