"""How a dossier and its desk are called: plainly to who proved it, neutrally in a message that others may see."""

from __future__ import annotations

from handlers.desk import Binding, Desk, Topic
from handlers.texts import tracking as texts
from handlers.texts.format import lower_first
from offices.unit import Unit
from onestop.code import DossierCode
from onestop.dossier import Dossier
from procedures.catalog import Catalog
from procedures.procedure import Procedure, Tone

LONGEST_FIELD = 24
"""A longer field ("Thành lập và hoạt động doanh nghiệp …") is no short name."""


async def held(desk: Desk, dossier: str) -> Binding | None:
    """What this chat proved of the dossier, while it holds."""
    return next((binding for binding in await desk.records.bindings() if binding.dossier == dossier), None)


async def followed(desk: Desk) -> tuple[Binding, ...]:
    """The dossiers this chat follows, newest first."""
    return tuple(each for each in await desk.records.bindings() if each.following)


def parsed(typed: str) -> DossierCode | None:
    """A code from a choice, which comes back from the citizen's phone: None where it is none."""
    try:
        return DossierCode.parse(typed)
    except ValueError:
        return None


def procedure_of(code: str | None, desk: Desk) -> Procedure | None:
    """The catalog's procedure; a province's variant ("3.000181.000.00.00.H22") counts as the national one."""
    return None if code is None else national(code, desk.catalog)


def national(code: str, catalog: Catalog) -> Procedure | None:
    """The catalog's procedure of a code, a province's variant included."""
    return catalog.by_code(code) or catalog.by_code(".".join(code.split(".")[:2]))


def topic_of(dossier: Dossier, desk: Desk) -> Topic:
    """What is spoken of now, so that "cần giấy gì" has an answer."""
    procedure = procedure_of(dossier.procedure, desk)
    return Topic(None if procedure is None else procedure.code, dossier=dossier.code.canonical)


def is_grief(code: str | None, desk: Desk) -> bool:
    """Whether it is a paper after a death."""
    procedure = procedure_of(code, desk)
    return procedure is not None and procedure.tone is Tone.GRIEF


def may_be_named(code: str | None, desk: Desk) -> bool:
    """Whether a message we send by ourselves may tell what the dossier is about: known, and not discreet."""
    procedure = procedure_of(code, desk)
    return procedure is not None and not procedure.discreet


def plain_name(dossier: Dossier, desk: Desk) -> str | None:
    """What it is about in the words of the catalog, for who proved it; None where nobody says."""
    procedure = procedure_of(dossier.procedure, desk)
    name = procedure.plain if procedure is not None else dossier.procedure_name
    return None if name is None else lower_first(name)


def notice_name(code: DossierCode, procedure: str | None, field: str | None, desk: Desk) -> str:
    """What notices call it: "hồ sơ hộ tịch"; where even that tells too much, "hồ sơ đuôi 0007"."""
    known = procedure_of(procedure, desk)
    said = known.field if known is not None else field
    if said is None or len(said) > LONGEST_FIELD or (known is not None and known.discreet):
        return texts.name_by_tail(code.canonical[-4:])
    return texts.name_by_field(lower_first(said))


def office_of(told: str | None, desk: Desk) -> Unit:
    """The unit that has a dossier, by ``DonViXuLy``; ours where none is told."""
    return desk.offices.resolve(told, desk.rules.unit)


def marked(text: str, desk: Desk) -> str:
    """The text with the demo's line where everything is demo data."""
    return f"{text}\n{texts.demo()}" if desk.rules.demo else text


def marked_of(text: str, unit: Unit) -> str:
    """The text with the demo's line where the unit is of the demo."""
    return f"{text}\n{texts.demo()}" if unit.demo else text
