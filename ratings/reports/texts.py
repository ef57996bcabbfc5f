"""The sentences of a digest, in the words of an official: one typed function a sentence.

No word of statistics here; how the numbers are made stands beside the formulas.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import assert_never

from onestop.days.calendar import day_text
from onestop.days.punctuality import Tally
from ratings.digest import Band, Headline, Verdict
from ratings.on_time import OnTime
from ratings.period import Kind, Period, Span
from ratings.reports.numerals import number
from ratings.statistics import Change, Interval, Proportion
from ratings.week import VIETNAM, Week

SAMPLE = "DỮ LIỆU MẪU"
LOOK = "Cần xem"


def span_name(span: Span) -> str:
    """``tuần 46``, ``tháng 11/2026``, ``quý IV/2026``, ``6 tháng đầu năm 2026``, ``4 tuần 43–46``."""
    if isinstance(span, Week):
        return f"tuần {span.number}"
    year = span.last_day.year
    match span.kind:
        case Kind.MONTH:
            return f"tháng {span.last_day.month}/{year}"
        case Kind.QUARTER:
            return f"quý {('I', 'II', 'III', 'IV')[span.number - 1]}/{year}"
        case Kind.HALF:
            return f"6 tháng {('đầu', 'cuối')[span.number - 1]} năm {year}"
        case Kind.YEAR:
            return f"năm {year}"
        case Kind.FOUR_WEEKS:
            return f"4 tuần {span.first_day.isocalendar().week}–{span.last_day.isocalendar().week}"
        case Kind.DAYS:
            return "các ngày"
        case unreachable:
            assert_never(unreachable)


def header(span: Span, unit: str, *, locked: bool) -> str:
    """``TUẦN 46 (9–15/11/2026) · Xã Đồng Sậy · chưa khóa sổ``."""
    books = "" if locked else " · chưa khóa sổ"
    return f"{span_name(span).upper()} ({_days(span.first_day, span.last_day)}) · {unit}{books}"


def long(span: Span) -> str:
    """What the period is called."""
    return "tuần" if isinstance(span, Week) else "kỳ"


def as_of(at: datetime) -> str:
    """For a digest whose books are still open: up to when it counts."""
    local = at.astimezone(VIETNAM)
    return f"Số đến {local.hour} giờ {local.minute:02d}, {day_text(local.date())}. Số còn thay đổi."


def completed(counts: OnTime, span: Span) -> str:
    """What was handed over, against the promised day."""
    if counts.completed == 0:
        return f"Chưa trả kết quả nào trong {long(span)}."
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


def ended(refused: int, withdrawn: int, stopped: int) -> str:
    """What ended without a result, apart from what was handed over."""
    parts = ((refused, "từ chối"), (withdrawn, "dân rút"), (stopped, "dừng xử lý"))
    told = ", ".join(f"{name} {number(n)}" for n, name in parts if n)
    return f"Không ra kết quả: {told}. Đếm riêng, không nằm trong số đã trả."


def whole_weeks(first: date, last: date) -> str:
    """Of which weeks a period's asked and answers are, and what becomes of a week with a few."""
    weeks = f"tuần trọn, {_days(first, last)}"
    return f"Người được hỏi và người trả lời tính theo {weeks}; tuần chưa đủ 5 lượt thì cộng vào tuần sau."


def no_week() -> str:
    """A few days in which no week ends."""
    return "Người được hỏi và người trả lời tính theo tuần trọn. Các ngày này chưa hết tuần nào nên không có số."


def asked(eligible: int, invited: int, delivered: int | None, declined: int) -> str:
    """Who was asked, of whom, and who said no: nobody at the desk chooses."""
    came = "" if delivered is None else f", lời hỏi tới nơi {number(delivered)}"
    refused = f", không muốn trả lời {number(declined)}" if declined else ""
    return f"Được hỏi {number(invited)} trong {number(eligible)} lần trả kết quả{came}{refused}."


def unanswered(n: int) -> str:
    """Different questions of citizens without an answer, and how to see them."""
    return f"Máy chưa trả lời được {number(n)} câu hỏi khác nhau của dân. Nhắn “chưa hiểu” để xem."


def asked_often(questions: Iterable[tuple[str, int]]) -> str:
    """The most frequent of them, as (known words, times)."""
    told = "; ".join(f"“{words}” ({number(times)} lần)" for words, times in questions)
    return f"Dân hỏi nhiều mà máy chưa trả lời được: {told}."


def not_received(n: int) -> str:
    """Completions that citizens say they never got. No adjective."""
    return f"Báo đã trả nhưng dân nói chưa nhận: {number(n)}."


def too_few(invited: int) -> str:
    """Fewer than five answers: not a single number of them."""
    none = "Không có số thì không phải là 0, cũng không phải 100 %."
    return f"Hài lòng: chưa đủ 5 lượt nên chưa nêu số. {_asked(invited)} {none}"


def block(found: Period) -> str:
    """What stands instead: the last closed four weeks."""
    return f"Gộp {span_name(found)} ({_days(found.first_day, found.last_day)}):"


def block_too_few(found: Period) -> str:
    """The four weeks do not have five answers either."""
    return f"Gộp {span_name(found)} ({_days(found.first_day, found.last_day)}) cũng chưa đủ 5 lượt."


def withheld(invited: int) -> str:
    """There are answers enough, but subtracting what was told before would leave a few people."""
    why = "trừ đi các báo cáo ngắn hơn thì còn lại một nhóm dưới 5 người"
    return f"Hài lòng: chưa nêu số, vì {why}. {_asked(invited)}"


def not_yet(invited: int) -> str:
    """The books are open: not a single number of the answers, however many there are."""
    return f"Hài lòng: số chỉ nêu khi đã khóa sổ và đủ 5 lượt. {_asked(invited)}"


def _asked(invited: int) -> str:
    return f"Đã hỏi {number(invited)} người." if invited else "Chưa hỏi người nào."


def band(found: Band) -> str:
    """Five to nine answers: only where the share lies."""
    return f"Hài lòng: {found.words}. Còn ít người trả lời nên chưa nêu số rõ hơn."


def satisfied(found: Headline, interval: Interval) -> str:
    """The headline with its denominator, what is not in it, and what the true number may be."""
    share = found.satisfied
    left_out = [
        *(["chứng thực"] if found.without_certified else []),
        *(["phiếu có dấu hiệu lạ"] if found.without_flagged else []),
    ]
    aside = [f"không kể {' và '.join(left_out)}"] if left_out else []
    aside += [_copies(found.copies)] if found.certified else []
    brackets = f" ({', '.join(aside)})" if aside else ""
    return (
        f"Hài lòng {share.percent} %{brackets}: {number(share.count)} trong {number(share.n)} người trả lời. "
        f"Số thật nhiều khả năng nằm trong khoảng {_percent(interval.low)}–{_percent(interval.high)} %."
    )


def _copies(between: tuple[int, int] | None) -> str:
    if between is None:
        return "kể cả chứng thực"
    low, high = between
    if low == 0:
        return f"kể cả chứng thực, không quá {number(high)} người"
    return f"kể cả chứng thực, {number(low) if low == high else f'{number(low)}–{number(high)}'} người"


def everybody() -> str:
    """Before the parts of a bar that holds more answers than the headline."""
    return "Mọi phiếu:  "


def distribution(counts: Iterable[int], *, everybody: bool) -> str:
    """How many gave 5, 4, 3, 2, 1. Takes them from 1★ to 5★; ``everybody``: the headline is of fewer."""
    of = " (mọi phiếu)" if everybody else ""
    return f"Từ 5 xuống 1 điểm{of}: {', '.join(number(n) for n in reversed(tuple(counts)))} người."


def answered(n: int, invited: int, rate: Proportion | None) -> str:
    """Who answered their invitation, of whom; and who answered otherwise."""
    if rate is None:
        return f"{number(n)} người trả lời."
    otherwise = f", {number(n - rate.count)} người trả lời theo cách khác" if n > rate.count else ""
    return f"{number(rate.count)} người trả lời trong {number(invited)} người được hỏi ({rate.percent} %){otherwise}."


def answered_between(n: int, invited: int, least: Proportion, most: Proportion) -> str:
    """As ``answered``, where one to four of them cannot be told apart."""
    people = number(most.count) if least == most else f"{number(least.count)}–{number(most.count)}"
    percent = f"{most.percent}" if least.percent == most.percent else f"{least.percent}–{most.percent}"
    return f"{number(n)} người trả lời. Trong {number(invited)} người được hỏi, {people} người trả lời ({percent} %)."


def mostly_silent(rate: Proportion, bounds: Interval) -> str:
    """Few of those asked answered: what that leaves open."""
    return (
        f"Chỉ {number(rate.count)} trong {number(rate.n)} người được hỏi trả lời ({rate.percent} %). "
        f"Tính cả người im lặng, mức hài lòng có thể từ {_percent(bounds.low)} % đến {_percent(bounds.high)} %."
    )


def change(found: Change, verdict: Verdict, span: Span) -> str:
    """Against the week or period before, in percentage points; a direction only where there is evidence."""
    before = f"So {long(span)} trước ({found.previous.percent} % của {number(found.previous.n)} người):"
    if verdict is Verdict.NO_EVIDENCE:
        return f"{before} không có bằng chứng tăng hay giảm."
    word = "tăng" if verdict is Verdict.UP else "giảm"
    ends = sorted(_percent(abs(end)) for end in (found.interval.low, found.interval.high))
    points = _percent(abs(found.difference))
    return f"{before} {word} {points} điểm phần trăm, số thật nhiều khả năng từ {ends[0]} đến {ends[1]}."


def certification(certified: Proportion, others: Proportion, *, alone: bool) -> str:
    """Certified copies beside all else; ``alone``: all else stands first already."""
    line = f"Riêng chứng thực: {certified.percent} % của {number(certified.n)} người."
    return line if alone else f"{line} Việc khác: {others.percent} % của {number(others.n)} người."


def flagged(n: int, with_all: Proportion, without: Proportion | None) -> str:
    """Answers with a sign, apart. Nobody is accused; both shares are told."""
    apart = f"{number(n)} phiếu có dấu hiệu lạ, tính riêng."
    if without is None:
        return f"{apart} Không kể các phiếu đó thì chưa đủ 10 lượt để nêu số."
    return (
        f"{apart} Kể cả các phiếu đó: {with_all.percent} % của {number(with_all.n)} người. "
        f"Không kể: {without.percent} % của {number(without.n)} người."
    )


def usual(*, changed: bool) -> str:
    """The answers are as they always are here. ``changed``: another sentence speaks of a change."""
    return "Trong mức thường của đơn vị." if changed else "Không có bằng chứng thay đổi: trong mức thường của đơn vị."


def look(fields: Iterable[str]) -> str:
    """More are dissatisfied than is usual here; in these fields, as far as known."""
    named = ", ".join(field[:1].lower() + field[1:] for field in fields)
    where = f": {named}" if named else ""
    return f"{LOOK}{where}. Người chưa hài lòng nhiều hơn mức thường của đơn vị."


WAYS = {
    "bot": "theo dõi trong chat",
    "slip": "mã trên phiếu",
    "link": "đường dẫn",
    "phone": "gọi điện",
    "kiosk": "máy tại quầy",
}


def ways(counts: Iterable[tuple[str, int, Proportion | None]], answered: int | None) -> str:
    """How the answers came, as (mode, people, satisfied); ``answered``: all of them, some of whom may not be told
    apart, while some who waited before are."""
    known = tuple(counts)
    named = (
        f"{WAYS.get(mode, mode)} {number(people)} người" + ("" if share is None else f" (hài lòng {share.percent} %)")
        for mode, people, share in known
    )
    apart = sum(people for _, people, _ in known)
    waited = ", kể cả người còn chờ từ trước" if answered is not None and apart > answered else ""
    of = "" if apart == answered else f" của {number(apart)} người tách riêng được{waited}"
    return f"Cách trả lời{of}: {'; '.join(named)}."


def driver(label: str, attributable: float) -> str:
    """How much of the dissatisfaction would go with its first reason."""
    return f"Nếu hết “{label}” thì bớt khoảng {_percent(attributable)} % lượt chưa hài lòng."


def drivers(attributable: Iterable[float]) -> str:
    """The same of several reasons, each by itself, in the order in which they were named."""
    told = ", ".join(f"{_percent(each)} %" for each in attributable)
    return f"Nếu hết từng điều thì bớt khoảng {told} lượt chưa hài lòng."


def same_mix(share: float, fields: Iterable[str]) -> str:
    """The share with the common mix of procedures."""
    named = ", ".join(field[:1].lower() + field[1:] for field in fields)
    return f"Nếu cơ cấu thủ tục như các đơn vị khác ({named}): {_percent(share)} %."


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


def asked_more(shares: Iterable[tuple[str, Proportion]], *, by_procedure: bool) -> str:
    """What was answered to the short questions, as (what the good answers are called, their share); ``by_procedure``:
    the files hold them for each procedure too."""
    told = "; ".join(f"{name[:1].lower() + name[1:]} {number(share.count)}/{number(share.n)}" for name, share in shares)
    return f"Hỏi thêm: {told}.{' Riêng từng thủ tục: xem tệp bảng tính.' if by_procedure else ''}"


def heading_asked() -> str:
    return "Hỏi thêm theo thủ tục"


def asked_columns() -> tuple[str, ...]:
    """Over the rows of the short questions by procedure."""
    return ("Thủ tục", "Mã", "Câu hỏi", "Số người", "Trong số người trả lời", "Tỷ lệ")


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
