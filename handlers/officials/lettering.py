"""Letters of apology drafted for what is late: as messages to copy, or all in one file to sign.

A draft goes to nobody: the official writes down who it is for, signs it, and hands it out.
"""

from __future__ import annotations

from handlers.desk import Desk, Official, Step
from handlers.dossiers.status import in_force
from handlers.messages import Choice, Outgoing
from handlers.naming import marked, office_of
from handlers.officials import excusing
from handlers.officials.due import DRAFTS, Which, dossier_of, due_of, noted, own_roles, unit_named
from handlers.states import Idle
from handlers.texts import extending
from handlers.texts import morning as texts
from onestop.code import DossierCode
from onestop.dossier import AT_WORK, Dossier

LETTERS = 3
"""As messages, at a time."""
MOST_LETTERS = 60
"""In one file."""


async def page_of(number: int, official: Official, desk: Desk) -> Step:
    """Drafts for a page of what is late, each a message of its own, to be copied."""
    name = unit_named(official.unit, desk).name
    if official.role not in DRAFTS:
        return Step(Idle(), (Outgoing(texts.may_not_draft()),))
    late = (await due_of(desk, official.unit, 0)).late
    if not late:
        return Step(Idle(), (Outgoing(marked(texts.nothing(name, Which.LATE.value, 0), desk)),))
    pages = -(-len(late) // LETTERS)
    page = min(number, pages)
    drafts = [await _marked_draft(dossier_of(seen), name, desk) for seen in late[(page - 1) * LETTERS : page * LETTERS]]
    more = [Choice(texts.label_next(page + 1, pages), f"letters {official.unit} p{page + 1}")] if page < pages else []
    if desk.prints is not None:
        more.append(Choice(texts.label_all_letters(), f"letters {official.unit} file"))
    head = Outgoing(texts.drafts(len(late), page, pages))
    say = (head, *(Outgoing(draft) for draft in drafts[:-1]), Outgoing(drafts[-1], tuple(more)))
    return Step(Idle(), say, (noted(official, f"letters {page}"),))


async def all_in_one(unit: str, desk: Desk) -> Step:
    """The letters for all that is late as one file to sign, each with the new day and reason that are written down."""
    official = next((each for each in await own_roles(desk) if each.unit == unit), None)
    if official is None or official.role not in DRAFTS:
        return Step(Idle(), (Outgoing(texts.may_not_draft()),))
    late = (await due_of(desk, unit, 0)).late[:MOST_LETTERS]
    name = unit_named(unit, desk).name
    if not late or desk.prints is None:
        return Step(Idle(), (Outgoing(marked(texts.nothing(name, Which.LATE.value, 0), desk)),))
    drafts = [await _draft(dossier_of(seen), name, desk) for seen in late]
    pdf, docx = await excusing.files(drafts, f"{unit}-{desk.today.isoformat()}", desk, desk.prints)
    printed = Outgoing(texts.all_letters(len(drafts)), attachment=pdf)
    say = (printed, Outgoing(extending.editable(), attachment=docx))
    return Step(Idle(), say, (noted(official, f"letters file {len(drafts)}"),))


async def of_one(code: DossierCode, own: tuple[Official, ...], desk: Desk) -> Step:
    """The draft for one dossier of one's own unit that the office still works on and that has a due day."""
    seen = await desk.records.last_seen(code.canonical)
    dossier = None if seen is None else seen.dossier
    unit = office_of(code.unit if dossier is None else dossier.unit, desk).code
    official = next((each for each in own if each.unit == unit and each.role in DRAFTS), None)
    if official is None:
        return Step(Idle(), (Outgoing(texts.not_yours(code.printed)),))
    if dossier is None or dossier.due is None or dossier.status not in AT_WORK:
        return Step(Idle(), (Outgoing(texts.nothing_to_excuse(code.printed)),))
    picks = () if desk.prints is None else (Choice(extending.label("letter"), f"letter {code.canonical}"),)
    draft = Outgoing(await _marked_draft(dossier, unit_named(unit, desk).name, desk), picks)
    return Step(Idle(), (Outgoing(texts.draft()), draft), (noted(official, f"letter {code.canonical}"),))


async def _marked_draft(dossier: Dossier, unit: str, desk: Desk) -> str:
    return marked(await _draft(dossier, unit, desk), desk)


async def _draft(dossier: Dossier, unit: str, desk: Desk) -> str:
    found = await desk.records.extension(dossier.code.canonical, drafts=True)
    return excusing.letter(dossier, unit, desk, found if found is not None and in_force(found, dossier) else None)
