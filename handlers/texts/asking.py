"""Asking about a procedure: questions back, and how its facts are said."""

from __future__ import annotations

from datetime import date

from handlers.texts.common import call
from handlers.texts.format import full_date, joined, lower_first, money, numbered, sentence_case
from handlers.texts.sentences import sentence
from procedures.procedure import Document, Fee, ProcessingTime, Source, Submission, TimeUnit, Way
from procedures.validity import Why, Withheld


def prompt() -> str:
    return sentence("ask.prompt")


def clarify(options: str, of: str | None = None) -> str:
    """Which of these? ``options``: numbered lines; ``of``: the key of what is asked of it ("fact.fee")."""
    if of is not None:
        return sentence("ask.clarify_of", what=sentence(of), options=options)
    return sentence("ask.clarify", options=options)


def others(options: str) -> str:
    """Which of these, after the answer was not what was meant."""
    return sentence("ask.others", options=options)


def is_it(option: str) -> str:
    """Is it this one, the only one that may be meant?"""
    return sentence("ask.is_it", option=option)


def condolence() -> str:
    return sentence("ask.condolence")


def which_first() -> str:
    """A fact was asked for, but of nothing that was spoken of."""
    return sentence("ask.which_first")


def unsure(name: str, phone: str | None) -> str:
    """What was asked further of a procedure is not understood for certain."""
    return sentence("ask.unsure", name=name, call=call(phone))


def conditions_unsure() -> str:
    """The head of the conditions that may answer it."""
    return sentence("ask.conditions_unsure")


def title(name: str) -> str:
    return sentence("ask.title", name=name)


def named_case(name: str, case: str) -> str:
    """A procedure with its case: "Đăng ký khai sinh (không có giấy chứng sinh)"."""
    return sentence("ask.named_case", name=name, case=case)


def of_case(case: str, said: str) -> str:
    """A line that holds for one case only."""
    return sentence("ask.of_case", case=case, said=said)


def elsewhere(agency: str) -> str:
    return sentence("ask.elsewhere", agency=lower_first(agency) if agency.startswith("Cơ quan") else agency)


def papers_head(name: str) -> str:
    return sentence("ask.papers_head", name=name)


def papers_depend(name: str) -> str:
    """The head of papers of which none is always needed."""
    return sentence("ask.papers_depend", name=name)


def papers_all(name: str, page: int, pages: int) -> str:
    if pages == 1:
        return sentence("ask.papers_all", name=name)
    return sentence("ask.papers_page", name=name, page=page, pages=pages)


def papers_left(n: int) -> str:
    return sentence("ask.papers_left", n=n)


def papers_maybe(n: int) -> str:
    """So many papers are needed only sometimes."""
    return sentence("ask.papers_maybe", n=n)


def paper(document: Document) -> str:
    """A paper in one short line."""
    return sentence("ask.shown", name=document.name) if document.shown else document.name


def paper_whole(document: Document) -> str:
    """A paper with its form, how many, and its note."""
    marks = (
        None if document.form is None else sentence("ask.form", form=_form(document.form)),
        None if not document.originals or document.shown else sentence("ask.originals", n=document.originals),
        None if not document.copies else sentence("ask.copies", n=document.copies),
        sentence("ask.only_shown") if document.shown else None,
    )
    said = ", ".join(mark for mark in marks if mark is not None)
    line = f"{document.name} ({said})" if said else document.name
    return line if document.note is None else f"{line}: {document.note}"


def amount(fee: Fee) -> str:
    """What a fee costs; its note, or that the source has no number, where no amount is known."""
    if fee.amount is None:
        return fee.note or sentence("ask.fee_elsewhere")
    said = money(fee.amount)
    return said if fee.per is None or not fee.amount else sentence("ask.per", amount=said, per=fee.per)


def fee(fee: Fee) -> str:
    """One fee on its own line: what for, how much, and its note."""
    said = sentence("ask.fee_first", what=fee.what, amount=amount(fee))
    return said if fee.amount is None or fee.note is None else f"{said} ({fee.note})"


def fee_line(first: Fee, with_note: bool, more: bool) -> str:
    """The first fee in a breath; ``more``: the rest stands elsewhere."""
    said = amount(first)
    if not first.what.lower().startswith(("lệ phí", "phí")):
        said = sentence("ask.fee_first", what=lower_first(first.what), amount=said)
    if with_note and first.note is not None and first.amount is not None:
        said = f"{said} ({first.note})"
    return sentence("ask.fee_line", fee=_and_more(said, more, cut=not with_note and first.note is not None))


def fees_head(name: str) -> str:
    return sentence("ask.fees_head", name=name)


def by_way(ways: tuple[Way, ...]) -> str:
    """The head of lines that hold for these ways of handing in."""
    return sentence("ask.fee_head_way", way=sentence_case(joined([way_name(way) for way in ways])))


def exempt(who: tuple[str, ...]) -> str:
    return sentence("ask.exempt", who="; ".join(lower_first(each.rstrip(" .;")) for each in who))


def time(time: ProcessingTime) -> str:
    """How long, without its note: "trong ngày", "từ 1 đến 3 ngày làm việc"."""
    if time.unit is TimeUnit.SAME_DAY or time.amount is None:
        return sentence("time.same_day")
    key = {
        TimeUnit.WORKING_DAYS: "time.working_days",
        TimeUnit.DAYS: "time.days",
        TimeUnit.HOURS: "time.hours",
        TimeUnit.MONTHS: "time.months",
    }[time.unit]
    most = sentence(key, n=time.amount)
    return most if time.least is None else sentence("time.range", least=time.least, most=most)


def time_whole(each: ProcessingTime) -> str:
    said = time(each)
    return said if each.note is None else f"{said} ({each.note})"


def time_line(first: ProcessingTime, with_note: bool, more: bool) -> str:
    """The first time in a breath; ``more``: the rest stands elsewhere."""
    said = time_whole(first) if with_note else time(first)
    return sentence("ask.time_line", time=_and_more(said, more, cut=not with_note and first.note is not None))


def _and_more(said: str, more: bool, cut: bool) -> str:
    """What stands behind the choices is named as what it is: other cases, or the rest of the note."""
    if more:
        return sentence("ask.other_cases", said=said)
    return sentence("ask.cut_note", said=said) if cut else said


def times_head(name: str) -> str:
    return sentence("ask.times_head", name=name)


def stands_in(name: str, papers: tuple[Document, ...], told: tuple[str, ...], phone: str | None) -> list[str]:
    """Somebody else goes in one's place: what they bring, what one has to come for oneself, or that nothing is said."""
    if not papers and not told:
        return [sentence("ask.stands_in_unsaid", name=name, call=call(phone))]
    lines = (
        [sentence("ask.stands_in", name=name), *numbered(map(paper_whole, papers)).split("\n")] if papers else [name]
    )
    return [*lines, *(sentence_case(each.rstrip(" .")) + "." for each in told)]


def submit_at(place: str) -> str:
    return sentence("ask.submit_at", place=place.rstrip(" ."))


def decided_by(agency: str) -> str:
    return sentence("ask.decided_by", agency=agency.rstrip(" ."))


def desk_at(unit: str, address: str) -> str:
    return sentence("ask.desk_at", unit=unit, address=address.rstrip(" ."))


def way_open(way: Way) -> str:
    """The source names this way of handing in."""
    return sentence("ask.post_yes") if way is Way.POST else sentence("ask.online_yes")


def way_unsaid(way: Way, ways: tuple[Way, ...]) -> str:
    """The source names other ways only; that is not the same as "no"."""
    return sentence("ask.way_unsaid", way=way_name(way), ways=joined([way_name(each) for each in ways]))


def way_line(submission: Submission) -> str:
    """A way of handing in with its note."""
    name = sentence_case(way_name(submission.way))
    return name if submission.note is None else sentence("ask.of_case", case=name, said=submission.note)


def how_head(name: str) -> str:
    return sentence("ask.how_head", name=name)


def forms_head(name: str) -> str:
    return sentence("ask.forms_head", name=name)


def _form(form: str | None) -> str:
    """A form's name after the word: some pages write the word itself before it."""
    return (form or "").removeprefix("Mẫu ")


def form_line(document: Document) -> str:
    """A paper and the name of its official form."""
    return sentence("ask.of_case", case=document.name, said=sentence("ask.form", form=_form(document.form)))


def way_name(way: Way) -> str:
    match way:
        case Way.IN_PERSON:
            return sentence("way.in_person")
        case Way.ONLINE:
            return sentence("way.online")
        case Way.POST:
            return sentence("way.post")


def note(text: str) -> str:
    return sentence("ask.note", note=text.rstrip(" ."))


def results(results: tuple[str, ...]) -> str:
    return sentence("ask.results", results="; ".join(each.rstrip(" .;") for each in results))


def conditions(name: str) -> str:
    return sentence("ask.conditions", name=name)


def law(name: str) -> str:
    return sentence("ask.law", name=name)


def page_address(url: str) -> str:
    return sentence("ask.page_address", url=url)


def no_fact(what: str, phone: str | None) -> str:
    """The source lacks this fact; ``what`` is the key of its name ("fact.fee")."""
    return sentence("ask.no_fact", what=sentence(what), call=call(phone))


def no_fact_short(what: str, phone: str | None) -> str:
    """The same beside facts that are known."""
    return sentence("ask.no_fact_short", what=sentence(what), call=call(phone))


def lines_left(n: int) -> str:
    return sentence("ask.lines_left", n=n)


def scope(place: str) -> str:
    return sentence("ask.scope", place=place)


def not_yet(day: date, phone: str | None) -> str:
    """The whole page begins to hold on that day only."""
    return sentence("ask.not_yet", day=full_date(day), call=call(phone))


def valid_until(day: date) -> str:
    return sentence("ask.until", day=full_date(day))


def ended_on(day: date, phone: str | None) -> str:
    return sentence("ask.ended", day=full_date(day), call=call(phone))


def withheld(what: Withheld) -> str:
    """A line beside figures that hold: others begin later."""
    return sentence("ask.later", day=full_date(what.day)) if what.day is not None else ""


def withheld_all(what: Withheld, phone: str | None) -> str:
    """In place of figures of which none holds today and here."""
    if what.why is Why.PROVINCE or what.day is None:
        return sentence("ask.of_province", what=sentence(f"fact.{what.facet.value}"), call=call(phone))
    key = "ask.figure_ended" if what.why is Why.ENDED else "ask.figure_not_yet"
    return sentence(key, what=sentence(f"fact.{what.facet.value}"), day=full_date(what.day), call=call(phone))


def source(code: str, source: Source) -> str:
    """Where it was read and the day it was checked: the end of every answer."""
    day = full_date(source.checked)
    if source.decision is None:
        return sentence("ask.source_bare", code=code, day=day)
    return sentence("ask.source", code=code, decision=source.decision, day=day)


def label_more_papers() -> str:
    return sentence("label.more_papers")


def label_whole() -> str:
    """Everything about the part just told in brief."""
    return sentence("label.whole")


def label_need_papers() -> str:
    return sentence("label.need_papers")


def label_fee() -> str:
    return sentence("label.fee")


def label_time() -> str:
    return sentence("label.time")


def label_where() -> str:
    return sentence("label.where")


def label_online() -> str:
    return sentence("label.online")


def label_cases() -> str:
    return sentence("label.cases")


def label_guide() -> str:
    return sentence("label.guide")


def label_law() -> str:
    return sentence("label.law")


def label_conditions() -> str:
    return sentence("label.conditions")


def label_result() -> str:
    return sentence("label.result")


def label_how() -> str:
    return sentence("label.how")


def label_form() -> str:
    return sentence("label.form")


def label_post() -> str:
    return sentence("label.post")
