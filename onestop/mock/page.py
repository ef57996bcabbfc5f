"""The mock's page: its dossiers, each with buttons that move it. No script, nothing loaded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from urllib.parse import urlencode

from msgspec import Struct

from onestop.days.calendar import VIETNAM, day_text, vietnam_date
from onestop.dossier import Status
from onestop.mock.faults import Fault
from onestop.mock.simulation import Record
from onestop.rows import read_phone

LINES = 40
MOVES = {
    Status.REGISTERED: (Status.ACCEPTED, Status.REJECTED),
    Status.ACCEPTED: (Status.IN_PROGRESS, Status.WITHDRAWN),
    Status.IN_PROGRESS: (
        *(Status.NEEDS_PAPERS, Status.NEEDS_PAYMENT, Status.FINISHED, Status.RETURNED),
        *(Status.STOPPED, Status.WITHDRAWN),
    ),
    Status.NEEDS_PAPERS: (Status.IN_PROGRESS, Status.STOPPED, Status.WITHDRAWN),
    Status.NEEDS_PAYMENT: (Status.IN_PROGRESS, Status.FINISHED, Status.STOPPED),
    Status.FINISHED: (Status.RETURNED, Status.IN_PROGRESS),
}
"""What an official may click next; a closed one may be opened again."""
LABELS = {
    Status.ACCEPTED: "Nhận",
    Status.REJECTED: "Không nhận",
    Status.IN_PROGRESS: "Làm tiếp",
    Status.NEEDS_PAPERS: "Đòi giấy tờ",
    Status.NEEDS_PAYMENT: "Đòi tiền",
    Status.WITHDRAWN: "Rút",
    Status.STOPPED: "Dừng",
    Status.FINISHED: "Xong",
    Status.RETURNED: "Trả kết quả",
}
OPEN = "open"

_STYLE = """
body{font:16px/1.4 sans-serif;margin:1rem;color:#222}table{border-collapse:collapse;width:100%}
td,th{padding:.35rem .5rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}
.part td{border-bottom:1px dotted #ddd;color:#444}.part td:first-child{padding-left:2rem}
form{display:inline}button,input,select{font:inherit;margin:.1rem;padding:.2rem .5rem;max-width:100%}
button{min-height:2.2rem}td:first-child{white-space:nowrap}.late{color:#a00}.sample{color:#a00}
@media(max-width:45rem){
*{box-sizing:border-box}table,tbody,tr,td{display:block}th{display:none}
tr{border-bottom:1px solid #ccc;padding:.5rem 0}td{border:0;padding:.1rem 0;overflow-wrap:anywhere}
.part{padding-left:1rem}.part td,.part td:first-child{border:0;padding:.1rem 0}
}
"""


class Filter(Struct, frozen=True):
    """Which dossiers are shown: those with ``text`` in code, procedure or unit; of one status (a number, "open");
    ``start``: how many of them are left out."""

    text: str = ""
    status: str = ""
    start: int = 0

    @classmethod
    def read(cls, query: Mapping[str, object]) -> Filter:
        """From a query or a form; nonsense counts as nothing."""
        start = str(query.get("start", ""))
        status = str(query.get("status_shown", ""))[:4]
        plain = start.isascii() and start.isdigit() and len(start) < 7
        return cls(str(query.get("q", ""))[:60].strip(), status, int(start) if plain else 0)

    @property
    def address(self) -> str:
        """Where the page shows these."""
        return f"/?{urlencode(self.values)}"

    @property
    def values(self) -> dict[str, str]:
        """As the fields of a form."""
        return {"q": self.text, "status_shown": self.status, "start": str(self.start)}

    def takes(self, record: Record, now: datetime) -> bool:
        """Whether a dossier is one of them."""
        status = record.status(now)
        if self.status and status is not None:
            wanted = not status.is_closed if self.status == OPEN else str(int(status)) == self.status
            if not wanted:
                return False
        about = (record.code, record.procedure.name, record.unit.name, *(part.code for part in record.parts))
        return not self.text or any(self.text.lower() in each.lower() for each in about)


def page(records: Sequence[Record], now: datetime, shown: Filter, fault: Fault | None) -> str:
    """The whole page."""
    found = [record for record in records if shown.takes(record, now)]
    here = found[shown.start : shown.start + LINES]
    rows = "".join(_rows(record, now, shown) for record in here)
    moment = f"{now.astimezone(VIETNAM):%H:%M}, {day_text(vietnam_date(now))}"
    return (
        f'<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Một cửa mẫu</title><style>{_STYLE}</style>"
        f'<h1>Một cửa mẫu</h1><p class="sample">DỮ LIỆU MẪU, không phải hồ sơ thật.</p>'
        f"<p>Bây giờ ở đây là {moment}. {len(found)} trong {len(records)} hồ sơ. "
        f'<a href="{_e(shown.address)}">Xem lại</a></p>'
        f"{_search(shown)}{_faults(fault, shown)}"
        f"<table><tr><th>Mã, 4 số cuối<th>Thủ tục, nơi nhận<th>Đang ở bước<th>Hẹn trả<th>Chuyển bước</tr>{rows}</table>"
        f"{_pages(len(found), shown)}</html>"
    )


def _rows(record: Record, now: datetime, shown: Filter) -> str:
    whole = _row(record, now, shown, f"{_e(record.procedure.name)}<br>{_e(record.unit.name)}", "")
    parts = (
        _row(part, now, shown, f"{_e(part.procedure.name)}<br>{_e(part.steps[0].agency)}", "part")
        for part in record.parts
    )
    return whole + "".join(parts)


def _row(record: Record, now: datetime, shown: Filter, about: str, kind: str) -> str:
    status, due = record.status(now), record.due_at(now)
    code = _e(record.code) + ("" if kind else f"<br>{read_phone(record.phone) or '----'}")
    step = "Chưa tới lượt" if status is None else f"{int(status)}. {_e(status.official)}"
    late = "late" if record.is_late(now) else ""
    day = "" if due is None else f'<span class="{late}">{day_text(vietnam_date(due))}</span>'
    buttons = "".join(_button(record.code, to, shown) for to in _moves(status))
    return f'<tr class="{kind}"><td>{code}<td>{about}<td>{step}<td>{day}<td>{buttons}</tr>'


def _moves(status: Status | None) -> Iterable[Status]:
    return (Status.IN_PROGRESS,) if status is None else MOVES.get(status, (Status.IN_PROGRESS,))


def _button(code: str, to: Status, shown: Filter) -> str:
    fields = {"code": code, "status": str(int(to)), **shown.values}
    return f'<form method="post" action="/move">{_hidden(fields)}<button>{LABELS[to]}</button></form>'


def _search(shown: Filter) -> str:
    kinds = {"": "mọi bước", OPEN: "chưa đóng"} | {str(int(s)): s.official for s in Status if s is not Status.UNKNOWN}
    return (
        f'<form action="/"><input name="q" value="{_e(shown.text)}" placeholder="mã, thủ tục, nơi nhận" '
        f'aria-label="Tìm"><select name="status_shown" aria-label="Bước">{_options(kinds, shown.status)}</select>'
        f"<button>Tìm</button></form> "
    )


def _faults(fault: Fault | None, shown: Filter) -> str:
    kinds = {"": "không hỏng gì"} | {each.value: each.value for each in Fault}
    chosen = "" if fault is None else fault.value
    return (
        f'<form method="post" action="/fault">{_hidden(shown.values)}<select name="fault" aria-label="Hỏng">'
        f"{_options(kinds, chosen)}</select><button>Làm hỏng</button></form>"
    )


def _pages(found: int, shown: Filter) -> str:
    links = []
    for label, start in (("Trước", shown.start - LINES), ("Sau", shown.start + LINES)):
        if 0 <= start < found:
            links.append(f'<a href="{_e(Filter(shown.text, shown.status, start).address)}">{label}</a>')
    return f"<p>{' · '.join(links)}</p>" if links else ""


def _options(kinds: Mapping[str, str], chosen: str) -> str:
    return "".join(
        f'<option value="{_e(value)}"{" selected" if value == chosen else ""}>{_e(label)}</option>'
        for value, label in kinds.items()
    )


def _hidden(fields: Mapping[str, str]) -> str:
    return "".join(f'<input type="hidden" name="{name}" value="{_e(value)}">' for name, value in fields.items())


def _e(text: str) -> str:
    return escape(text, quote=True)
