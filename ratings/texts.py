"""The sentences of a digest, in the words of an official: one typed function a sentence.

No word of statistics here; how the numbers are made stands beside the formulas.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from onestop.calendar import day_text
from onestop.punctuality import Tally
from ratings.digest import Band, Verdict
from ratings.on_time import OnTime
from ratings.statistics import Change, Interval, Proportion
from ratings.week import VIETNAM, Week

SAMPLE = "DỮ LIỆU MẪU"


def number(n: int) -> str:
    """``1.294``, as Vietnamese has it."""
    return f"{n:,}".replace(",", ".")


def header(week: Week, unit: str, *, locked: bool) -> str:
    """``TUẦN 46 (9–15/11/2026) · Xã Đồng Sậy · chưa khóa sổ``."""
    books = "" if locked else " · chưa khóa sổ"
    return f"TUẦN {week.number} ({_days(week.first_day, week.last_day)}) · {unit}{books}"


def as_of(at: datetime) -> str:
    """For a digest whose books are still open: up to when it counts."""
    local = at.astimezone(VIETNAM)
    return f"Số đến {local.hour} giờ {local.minute:02d}, {day_text(local.date())}. Số còn thay đổi."


def completed(counts: OnTime) -> str:
    """What was handed over, against the promised day."""
    if counts.completed == 0:
        return "Chưa trả kết quả nào trong tuần."
    kept = counts.early + counts.on_time
    early = f" (trong đó sớm {number(counts.early)})" if counts.early else ""
    return f"Đã trả {number(counts.completed)}: đúng hẹn {number(kept)}{early}, trễ {number(counts.late_done)}."


def still_open(late_open: int, in_time: int, total: int) -> str:
    """What is still at the desk, and the sum of all."""
    working = f"Đang làm {number(late_open + in_time)}: quá hạn {number(late_open)}, trong hạn {number(in_time)}."
    return f"{working} Cộng {number(total)} hồ sơ."


def without_due(n: int) -> str:
    """Completions that no due day was written for."""
    return f"{number(n)} hồ sơ đã trả không ghi ngày hẹn, tính là đúng hẹn."


def rule(tally: Tally) -> str:
    """The same completions as the national indicators count them; labelled, for it is another number than ours."""
    again = f", trong đó {number(tally.asked_again)} do hỏi bổ sung hơn một lần" if tally.asked_again else ""
    late = f"trễ {number(tally.late)}/{number(tally.judged)}{again}"
    return f"Theo cách tính của Quyết định 766/QĐ-TTg (trừ thời gian chờ bổ sung, tính đến lúc xử lý xong): {late}."


def due_soon(n: int, days: int) -> str:
    """Due in the next working days."""
    return f"Sắp đến hẹn trong {days} ngày làm việc: {number(n)}."


def waiting(n: int) -> str:
    """Open dossiers that wait for papers or money of the citizen."""
    return f"Chờ dân bổ sung: {number(n)}."


def ready(n: int) -> str:
    """Finished, not fetched."""
    return f"Xong chưa ai lấy: {number(n)}."


def not_received(n: int) -> str:
    """Completions that citizens say they never got. No adjective."""
    return f"Báo đã trả nhưng dân nói chưa nhận: {number(n)}."


def too_few(invited: int) -> str:
    """Fewer than five answers: not a single number of them."""
    none = "Không có số thì không phải là 0, cũng không phải 100 %."
    return f"Hài lòng: chưa đủ 5 lượt nên chưa nêu số. {_asked(invited)} {none}"


def not_yet(invited: int) -> str:
    """The week's books are open: not a single number of its answers, however many there are."""
    return f"Hài lòng: số chỉ nêu khi đã khóa sổ và đủ 5 lượt. {_asked(invited)}"


def _asked(invited: int) -> str:
    return f"Đã hỏi {number(invited)} người." if invited else "Chưa hỏi người nào."


def band(found: Band) -> str:
    """Five to nine answers: only where the share lies."""
    words = {
        Band.HIGH: "từ 80 % trở lên",
        Band.MIDDLE: "từ 50 % đến dưới 80 %",
        Band.LOW: "dưới 50 %",
    }[found]
    return f"Hài lòng: {words}. Còn ít người trả lời nên chưa nêu số rõ hơn."


def satisfied(share: Proportion, interval: Interval) -> str:
    """The headline with its denominator and what the true number may be."""
    return (
        f"Hài lòng {share.percent} %: {number(share.count)} trong {number(share.n)} người trả lời. "
        f"Số thật nhiều khả năng nằm trong khoảng {_percent(interval.low)}–{_percent(interval.high)} %."
    )


def distribution(counts: Iterable[int]) -> str:
    """How many gave 5, 4, 3, 2, 1. Takes them from 1★ to 5★."""
    return f"Từ 5 xuống 1 điểm: {', '.join(number(n) for n in reversed(tuple(counts)))} người."


def answered(n: int, invited: int, rate: Proportion | None) -> str:
    """Who answered, of whom."""
    if rate is None:
        return f"{number(n)} người trả lời."
    return f"{number(n)} người trả lời trong {number(invited)} người được hỏi ({rate.percent} %)."


def mostly_silent(rate: Proportion, bounds: Interval) -> str:
    """Few of those asked answered: what that leaves open."""
    return (
        f"Chỉ {number(rate.count)} trong {number(rate.n)} người được hỏi trả lời ({rate.percent} %). "
        f"Tính cả người im lặng, mức hài lòng có thể từ {_percent(bounds.low)} % đến {_percent(bounds.high)} %."
    )


def change(found: Change, verdict: Verdict) -> str:
    """Against the week before, in percentage points; a direction only where there is evidence."""
    before = f"So tuần trước ({found.previous.percent} % của {number(found.previous.n)} người):"
    if verdict is Verdict.NO_EVIDENCE:
        return f"{before} không có bằng chứng tăng hay giảm."
    word = "tăng" if verdict is Verdict.UP else "giảm"
    ends = sorted(_percent(abs(end)) for end in (found.interval.low, found.interval.high))
    points = _percent(abs(found.difference))
    return f"{before} {word} {points} điểm phần trăm, số thật nhiều khả năng từ {ends[0]} đến {ends[1]}."


def certification(certified: Proportion, others: Proportion) -> str:
    """Certified copies beside all else."""
    return (
        f"Riêng chứng thực: {certified.percent} % của {number(certified.n)} người. "
        f"Việc khác: {others.percent} % của {number(others.n)} người."
    )


def flagged(n: int, with_all: Proportion, without: Proportion | None) -> str:
    """Answers with a sign, apart. Nobody is accused; both shares are told."""
    apart = f"{number(n)} phiếu có dấu hiệu lạ, tính riêng."
    if without is None:
        return f"{apart} Không kể các phiếu đó thì chưa đủ 10 lượt để nêu số."
    return (
        f"{apart} Kể cả các phiếu đó: {with_all.percent} % của {number(with_all.n)} người. "
        f"Không kể: {without.percent} % của {number(without.n)} người."
    )


def uneven(late: Proportion, punctual: Proportion) -> str:
    """Citizens with late dossiers were asked less often."""
    return (
        f"Hồ sơ trễ được hỏi ít hơn: {number(late.count)} trong {number(late.n)}. "
        f"Hồ sơ đúng hẹn: {number(punctual.count)} trong {number(punctual.n)}."
    )


def praise(reasons: Iterable[tuple[str, int]]) -> str:
    """What satisfied people named, as (label, people)."""
    return f"Lời khen: {_reasons(reasons)}."


def complaints(reasons: Iterable[tuple[str, int]]) -> str:
    """What dissatisfied people named, as (label, people)."""
    return f"Chưa hài lòng vì: {_reasons(reasons)}."


def heading_desk() -> str:
    return "Hồ sơ của đơn vị"


def heading_people() -> str:
    return "Người dân nói gì"


def sheet_data() -> str:
    return "Số liệu"


def checked(at: datetime, digits: str) -> str:
    """Up to when the page counts, and by what two copies can be told apart."""
    local = at.astimezone(VIETNAM)
    return f"Số đến {local.hour} giờ {local.minute:02d}, {local.day}/{local.month}/{local.year}. Mã số liệu: {digits}."


def footer() -> str:
    """What the number is not."""
    return "Mức hài lòng ở đây là của những người đã trả lời, không phải SIPAS."


def _reasons(reasons: Iterable[tuple[str, int]]) -> str:
    return "; ".join(f"{label} ({number(people)} người)" for label, people in reasons)


def _percent(fraction: float) -> int:
    return round(100 * fraction)


def _days(first: date, last: date) -> str:
    """``9–15/11/2026``, ``26/10–1/11/2026``, ``28/12/2026–3/1/2027``."""
    if first.year != last.year:
        return f"{first.day}/{first.month}/{first.year}–{last.day}/{last.month}/{last.year}"
    month = "" if first.month == last.month else f"/{first.month}"
    return f"{first.day}{month}–{last.day}/{last.month}/{last.year}"
