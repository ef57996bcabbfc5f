"""``motcua doctor zalo N``: one of the twelve points tried on the account that the running server speaks with.

A point is settled when Zalo does what the machine takes it to do: exit 0. Where it does otherwise the last line says
which setting to change: exit 1. What cannot be tried now ends with 2 and says when it can.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.clock import VIETNAM
from bot.commands.console import Console
from bot.config import Settings
from bot.control import ControlClient, Wrong
from bot.operations import Doer
from bot.zalo.channel import roots
from channels.zalo_http import Lost, NotSent, ZaloHttp
from channels.zalo_oauth import OAuth, Unauthorized

LOOK = 0.5
NIGHT = re.compile(r"-(?:133|234)\b")
SEVEN_DAYS = timedelta(days=7)
FREE_TRIED, BOT_TRIED = 9, 30
BOT_RESTS = 6.0
"""Seconds after a 429: one more than the machine itself waits."""


class Otherwise(Exception):
    """Zalo does not do what the machine takes it to do; the message says what to change."""


class AtNight(Wrong):
    """Zalo sends no templates at this hour: nothing can be told now of what happens by day."""


@dataclass
class Trier:
    """Who tries. ``user``: whom to write to, "" to ask who writes; ``seconds``: patience for what a person must do."""

    doer: Doer
    settings: Settings
    console: Console
    user: str = ""
    seconds: float = 300.0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def until(self, look: Callable[[], Awaitable[Any]], failed: str) -> Any:
        """What ``look`` gives once it gives something. Raises Otherwise."""
        for _ in range(max(1, int(self.seconds / LOOK))):
            found = await look()
            if found:
                return found
            await self.pause(LOOK)
        raise Otherwise(failed)

    async def word(self, channel: str, *, refuse: bool = False) -> str:
        """A new word that the channel waits for."""
        word = "thu" + "".join(secrets.choice("abcdefghkmnpqrtuvxy") for _ in range(6))
        await self.doer.do("zalo_arm", channel=channel, word=word, refuse=refuse)
        return word

    async def met(self, channel: str) -> Mapping[str, Any]:
        """What became of the word."""
        told: Mapping[str, Any] = await self.doer.do("zalo_met", channel=channel)
        return told

    async def sender(self, channel: str, failed: str) -> str:
        """Who sent the word."""

        async def look() -> Any:
            told = await self.met(channel)
            return told["met"] and told["user"]

        return str(await self.until(look, failed))

    async def whom(self, channel: str = "zalo_oa") -> str:
        """The user given, else whoever sends the word now."""
        if not self.user:
            word = await self.word(channel)
            self.console.err(f"Nhắn chữ này từ điện thoại dùng để thử: {word}")
            self.user = await self.sender(channel, "không thấy tin nào: xem lại webhook (motcua doctor zalo 1)")
            self.console.err(f"Người thử: {self.user} (lần sau: --user {self.user})")
        return self.user

    async def template(self, user: str) -> None:
        """Send the rating template. Raises Wrong, AtNight."""
        try:
            await self.doer.do("zalo_try_template", kind="invite", user=user, phone="", development=False)
        except Wrong as wrong:
            if NIGHT.search(str(wrong)):
                raise AtNight("ban đêm Zalo không gửi mẫu: thử lại từ 6 giờ đến 22 giờ") from None
            raise

    async def counted(self) -> Mapping[str, int]:
        """What the account's channel has counted so far."""
        told: Mapping[str, int] = await self.doer.do("zalo_counts")
        return told

    async def grows(self, *names: str, before: Mapping[str, int], failed: str) -> str:
        """The first of these counts that grows. Raises Otherwise."""

        async def look() -> str | None:
            now = await self.counted()
            return next((name for name in names if now.get(name, 0) > before.get(name, 0)), None)

        return str(await self.until(look, failed))


async def signature(it: Trier) -> str:
    """1. Which id stands first in the signature."""
    before = await it.counted()
    it.console.err("Nhắn OA một tin bất kỳ.")
    seen = await it.grows(
        "signed_with_app_id", "signed_with_oa_id", "forged", before=before, failed="không có tin nào tới webhook"
    )
    if seen == "forged":
        raise Otherwise("chữ ký không khớp: đặt ZALO_OA_SIGNED_WITH=either; vẫn vậy thì ZALO_OA_SECRET chưa đúng khóa")
    name = seen.removeprefix("signed_with_")
    return f"chữ ký khớp, đứng đầu là {name}: ZALO_OA_SIGNED_WITH={name}"


async def buttons(it: Trier) -> str:
    """2. The form of buttons, that five are shown, and that tapping one sends its payload unseen."""
    user = await it.whom()
    word = await it.word("zalo_oa")
    labels = [f"Nút {n}" for n in range(1, 6)]
    code, told = await it.doer.do("zalo_say", user=user, text="Thử năm nút", labels=labels, says=word)
    if code:
        other = "template" if it.settings.zalo.oa_buttons == "plain" else "plain"
        raise Otherwise(f"Zalo không nhận năm nút ({code} {told}): đặt ZALO_OA_BUTTONS={other}")
    it.console.err("Trên điện thoại phải thấy năm nút. Bấm “Nút 5”.")
    await it.sender("zalo_oa", "không thấy nút nào được bấm: đặt ZALO_OA_BUTTONS=template rồi thử lại")
    return "năm nút gửi được, bấm thì mã của nút tới nơi"


async def pkce(it: Trier) -> str:
    """3. A new PKCE pair for every consent."""
    told = await it.doer.do("zalo_state")
    if told is None or told["came"] != "consent":
        raise Wrong("điều này biết được khi làm motcua zalo login: Zalo báo sai mã xác minh thì đặt ZALO_PKCE_VERIFIER")
    if it.settings.zalo.pkce_verifier:
        return "Zalo đã cấp mã với mã xác minh cố định (ZALO_PKCE_VERIFIER)"
    return "Zalo đã cấp mã với mã xác minh mỗi lần một khác"


async def feedback(it: Trier) -> str:
    """4. ``user_feedback``, and the id by which the template is known again."""
    user, before = await it.whom(), await it.counted()
    await it.template(user)
    it.console.err("Chấm mẫu vừa gửi trên điện thoại.")
    seen = await it.grows(
        "feedback_of_try", "feedback_of_others", before=before,
        failed="không có user_feedback: bật sự kiện đánh giá mẫu ở trang Webhook; số điểm vẫn vào lúc nửa đêm",
    )  # fmt: skip
    if seen == "feedback_of_others":
        raise Otherwise("điểm chấm về với msg_id khác lúc gửi: điểm của mẫu sẽ không vào được hồ sơ nào")
    return "điểm chấm về và nhận ra được mẫu đã gửi"


async def by_user(it: Trier) -> str:
    """5. Whether a rating template may go by user id."""
    user = await it.whom()
    try:
        await it.template(user)
    except AtNight:
        raise
    except Wrong as wrong:
        if "-249" in str(wrong):
            raise Otherwise(
                "mẫu này chỉ gửi theo số điện thoại: đặt ZALO_OA_PHONE_IMAGE, ZALO_OA_PHONE_PRICE"
            ) from None
        raise Otherwise(f"Zalo không gửi mẫu: {wrong}") from None
    return "mẫu gửi được theo user id; đối chiếu số tiền với motcua zalo costs"


async def oauth(it: Trier) -> str:
    """6. The error of the OAuth server; the real pair is not touched."""
    zalo = it.settings.zalo
    http = ZaloHttp(roots(zalo))
    try:
        await OAuth(http, zalo.app_id, zalo.app_secret).renew(f"thu-{secrets.token_hex(16)}")
    except Unauthorized as refused:
        return f"mã bịa bị từ chối đúng như máy hiểu ({refused.name})"
    except (NotSent, Lost) as error:
        raise Otherwise(f"câu trả lời cho mã bịa máy không đọc được: {error}") from None
    finally:
        await http.close()
    raise Otherwise("máy chủ cấp mã nhận cả mã bịa: đây không phải Zalo, xem lại ZALO_OAUTH_BASE_URL")


async def free(it: Trier) -> str:
    """7. How many messages are free within 48 hours."""
    user = await it.whom()
    for n in range(1, FREE_TRIED + 1):
        code, quota = await it.doer.do("zalo_say", user=user, text=f"Thử tin miễn phí {n}/{FREE_TRIED}")
        if code:
            raise Otherwise(f"tin thứ {n} bị từ chối: {code} {quota}")
        if quota != "reply":
            raise Otherwise(f"từ tin thứ {n} Zalo tính vào {quota!r}, không còn miễn phí: hỏi giá, đặt mức trần")
    return f"{FREE_TRIED} tin trong 48 giờ đều miễn phí"


async def link(it: Trier) -> str:
    """8. Whether ``https://zalo.me/<OA>?text=…`` fills the words in."""
    word, zalo = await it.word("zalo_oa"), it.settings.zalo
    place = "https://zalo.me" if zalo.api_is_zalos else zalo.api_base_url
    it.console.out(f"{place}/{zalo.oa_id}?text={word}")
    it.console.err("Mở đường dẫn trên điện thoại có Zalo rồi bấm gửi. Không gõ tay chữ nào.")
    user = await it.sender("zalo_oa", "không thấy chữ điền sẵn: đừng in mã QR dạng này; máy không dựa vào nó")
    return f"chữ điền sẵn tới nơi (người gửi {user})"


async def package(it: Trier) -> str:
    """9. The account's package."""
    told = await it.doer.do("zalo_account")
    if not told["is_verified"]:
        raise Otherwise("OA chưa xác thực: xác thực ở oa.zalo.me trước khi dùng cho dân")
    if not told["package_name"]:
        raise Otherwise("Zalo không nói OA dùng gói nào: hỏi Zalo gói có OpenAPI và giá cho cơ quan nhà nước")
    return f"OA đã xác thực, gói {told['package_name']}; giá cho cơ quan nhà nước thì hỏi Zalo"


async def night(it: Trier) -> str:
    """10. Templates do not go at night."""
    hour = it.now().astimezone(VIETNAM).hour
    if 6 <= hour < 22:
        raise Wrong("điểm này thử từ 22 giờ đến 6 giờ")
    user = await it.whom()
    try:
        await it.template(user)
    except AtNight:
        return "ban đêm Zalo không gửi mẫu, đúng như máy hiểu"
    except Wrong as wrong:
        raise Otherwise(f"Zalo từ chối vì lẽ khác: {wrong}") from None
    raise Otherwise(f"lúc {hour} giờ Zalo vẫn gửi mẫu: múi giờ hoặc giờ đêm khác tài liệu; máy vẫn chỉ gửi trong giờ")


async def opens(it: Trier) -> str:
    """11. Whether an answer to a rating template opens the window of seven days again."""
    if not it.user:
        raise Wrong("cần --user của người im lặng hơn 7 ngày: nhắn tin để biết mã thì cửa đã mở rồi")
    heard = await it.doer.do("zalo_heard", user=it.user)
    if heard is not None and it.now() - datetime.fromtimestamp(heard / 1000, UTC) < SEVEN_DAYS:
        raise Wrong("người này mới nhắn trong 7 ngày: cần người im lặng lâu hơn")
    before = await it.counted()
    await it.template(it.user)
    it.console.err("Người ấy chấm mẫu vừa gửi, không nhắn gì thêm.")
    await it.grows("feedback_of_try", before=before, failed="không thấy điểm chấm về: làm điểm 4 trước")
    code, told = await it.doer.do("zalo_say", user=it.user, text="Cảm ơn anh/chị đã chấm thử.")
    if code not in (0, -230, -231, -232):
        raise Otherwise(f"Zalo từ chối vì lẽ khác: {code} {told}")
    if (code == 0) is not it.settings.zalo.oa_rating_opens:
        is_open = "chấm điểm có mở lại cửa" if code == 0 else "chấm điểm không mở lại cửa"
        raise Otherwise(f"{is_open}: đặt ZALO_OA_RATING_OPENS={int(code == 0)}")
    return f"chấm điểm {'có' if code == 0 else 'không'} mở lại cửa, đúng như máy đang hiểu"


async def bot(it: Trier) -> str:
    """12. A Zalo Bot's limits, and whether what met a busy machine comes again."""
    user = await it.whom("zalo_bot")
    said = f"{BOT_TRIED} tin liền nhau đều nhận"
    for n in range(1, BOT_TRIED + 1):
        code = await it.doer.do("zalo_bot_say", user=user, text=f"Thử {n}/{BOT_TRIED}")
        if code == 429:
            await it.pause(BOT_RESTS)
            if await it.doer.do("zalo_bot_say", user=user, text=f"Thử lại {n}/{BOT_TRIED}"):
                raise Otherwise(f"sau tin thứ {n} Zalo giới hạn, nghỉ {BOT_RESTS:g} giây vẫn chưa gửi được")
            said = f"sau tin thứ {n} Zalo giới hạn, máy nghỉ vài giây thì gửi được"
            break
        if code:
            raise Otherwise(f"tin thứ {n} bị từ chối: {code}")
    if it.settings.zalo.bot_mode == "polling":
        return f"{said}; đang lấy tin bằng polling nên không có gửi lại để thử"
    word = await it.word("zalo_bot", refuse=True)
    it.console.err(f"Nhắn bot chữ này: {word}. Máy giả vờ bận một lần, rồi đợi tin đến lại.")
    await it.sender("zalo_bot", "tin gặp lúc máy bận không đến lại: tin như thế là mất, người dân phải nhắn lại")
    if (await it.met("zalo_bot"))["turned_away"] != 1:
        raise Otherwise("chưa thử được: tin không gặp lúc máy bận")
    return f"{said}; tin gặp lúc máy bận đến lại"


CHECKS: tuple[Callable[[Trier], Awaitable[str]], ...] = (
    *(signature, buttons, pkce, feedback, by_user, oauth, free, link, package, night, opens, bot),
)


async def run(point: int, user: str, seconds: float, settings: Settings, console: Console) -> int:
    """Try one point. Raises Wrong for what cannot be tried now."""
    client = await ControlClient.connect(settings.data_dir)
    if client is None:
        raise Wrong("the running server tries it: start motcua serve first")
    try:
        return await tried(point, Trier(client, settings, console, user, seconds))
    finally:
        await client.close()


async def tried(point: int, it: Trier) -> int:
    """0 where Zalo does what the machine takes it to do, else 1."""
    try:
        told = await CHECKS[point - 1](it)
    except Otherwise as otherwise:
        it.console.out(f"KHÁC  {point}. {otherwise}")
        return 1
    it.console.out(f"ĐÚNG  {point}. {told}")
    return 0
