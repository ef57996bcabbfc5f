"""The letter of apology with a new day (form 04 of Thông tư 03/2025/TT-VPCP, Phụ lục I), drafted for a dossier.

A draft goes to nobody: the official fills in what is missing, and signs. Never a person's name.
"""

from __future__ import annotations

from collections.abc import Iterable

from handlers.desk import Desk, Extension, Letter
from handlers.dossiers import linking
from handlers.messages import DOCX, PDF, Attachment
from handlers.naming import plain_name
from handlers.outlets import Printer
from handlers.texts import morning as texts
from handlers.texts import tracking
from handlers.texts.format import sentence_case, shortened
from onestop.days.calendar import vietnam, vietnam_date
from onestop.dossier import Dossier

LONGEST_PROCEDURE = 60


def letter(dossier: Dossier, unit: str, desk: Desk, extension: Extension | None = None) -> str:
    """The draft, a line a paragraph, with blanks for what nobody has written. ``extension``: the new day and why."""
    assert dossier.due is not None
    return texts.letter(
        unit=sentence_case(unit),
        code=dossier.code.printed,
        procedure=procedure(dossier, desk),
        received=None if dossier.received_at is None else vietnam_date(dossier.received_at),
        due=vietnam_date(dossier.due),
        place=place(dossier, desk),
        late=dossier.days_late(desk.now, vietnam()) if dossier.is_late(desk.now) else None,
        reason=None if extension is None else extension.reason,
        day=None if extension is None else extension.day,
    )


async def files(drafts: Iterable[str], of: str, desk: Desk, printer: Printer) -> tuple[Attachment, Attachment]:
    """Drafts as one PDF and as one DOCX; ``of``: what the files are named after, a code or a unit with a day."""
    mark = tracking.demo() if desk.rules.demo else None
    name = f"thu-xin-loi-{of}"
    letters = tuple(Letter(tuple(text.split("\n")), desk.today, mark, texts.letter_head()) for text in drafts)
    pdf, docx = await printer.letters(letters)
    return Attachment(f"{name}.pdf", PDF, pdf), Attachment(f"{name}.docx", DOCX, docx)


def procedure(dossier: Dossier, desk: Desk) -> str:
    """What it is about, short."""
    return shortened(plain_name(dossier, desk) or texts.no_procedure(), LONGEST_PROCEDURE)


def place(dossier: Dossier, desk: Desk) -> str:
    """Where it lies: of a linked one the part that its lateness is charged to, the department, else how it stands."""
    return linking.place(dossier, desk) or dossier.agency or dossier.status.official.lower()
