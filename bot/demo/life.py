"""Twenty-six weeks of the fictional province: what its desks handed over and what people said. Pure.

Ordinary life, and five stories with two that are none, so that a digest can be tried on what it has to find and on
what it must leave alone. Weeks are counted from the first one; the same seed gives the same life, and each unit's
life is its own: adding one changes no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from onestop.dossier import Status
from onestop.mock.mix import CIVIL, HOUSEHOLD_BUSINESS, LAND, MIX, Procedure
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.themes import themes_of
from ratings.week import Week, vietnam_date

COPIES = Procedure("2.000815", "Chứng thực bản sao từ bản chính", "Chứng thực", 0, 0, 0.1, 0.3, 0.0, 0.0)
WEEKS = 26
WRONG_BOARD = 8
"""So many weeks a paper is missing from Đồi Sim's board."""
SATISFIED = {CIVIL: 0.92, LAND: 0.72, COPIES.field: 0.95}
USUALLY_SATISFIED = 0.86
FOLLOWED = {"ward": 0.22, "delta": 0.12, "highland": 0.05}
LAND_FOLLOWED = 0.6
ANSWER = 0.31
SLIPS, TYPED = 0.4, 0.06
KINDS = {"H99.01": "ward", "H99.02": "ward", "H99.03": "ward", "H99.10": "highland", "H99.11": "highland"}
HAPPY = ((5, 6), (4, 4))
UNHAPPY = ((3, 5), (2, 3), (1, 2))
TAPPED = 0.5
GUIDED = (("both_good", 90), ("guidance_bad", 8), ("manner_bad", 2))
NOT_GUIDED = (("both_good", 35), ("guidance_bad", 40), ("manner_bad", 15), ("both_bad", 10))
TRIPS = (("once", 80), ("twice", 17), ("three_times", 3))
PUT_OFF = (("never", 92), ("one_time", 8))
OFTEN_PUT_OFF = (("never", 60), ("one_time", 28), ("many_times", 12))
WROTE = 0.35
PRAISE = (
    *("Cán bộ niềm nở, hướng dẫn rõ ràng", "làm nhanh gọn, cảm ơn", "hướng dẫn dễ hiểu, tôi hài lòng"),
    *("Cô ở quầy rất nhiệt tình", "tra ket qua dung hen, can bo vui ve", "không phải đi lại nhiều, rất thuận tiện"),
)
BLAME = (
    *("hướng dẫn không rõ, tôi phải hỏi lại", "đi lại nhiều lần mới xong"),
    *("giấy tờ rườm rà", "cán bộ không nhiệt tình"),
)
LATE_BLAME = ("phải chờ lâu quá", "tre hen ma khong ai bao", "giải quyết chậm, tôi đi lại nhiều lần")
MINUTE = timedelta(minutes=1)


Value = TypeVar("Value")


class Desk(Struct, frozen=True):
    """A commune: its dossiers a week, ``certified`` of them copies, and who works on its land dossiers."""

    code: str
    weekly: int
    certified: int
    land_branch: str | None = None


class Said(Struct, frozen=True):
    """One answer. ``rater``: a device or a chat, by number; None: one that never answered before."""

    at: datetime
    stars: int
    reasons: tuple[str, ...] = ()
    mode: str = "bot"
    rater: int | None = None
    taps: tuple[tuple[str, str], ...] = ()
    comment: str | None = None


class Done(Struct, frozen=True):
    """One result handed over, and what was said about it. ``asked``: how often more papers were asked for; ``ended``:
    without a result, at ``completed_at``."""

    unit: str
    procedure: Procedure
    completed_at: datetime
    due_at: datetime
    invited_at: datetime | None = None
    late_at: str | None = None
    told_late: bool = False
    said: Said | None = None
    asked: int = 0
    ended: Status | None = None


def records_of(done: Iterable[Done]) -> Records:
    """The same as a digest reads it."""
    completions, answers = [], []
    for each in done:
        field, at = each.procedure.field, each.completed_at
        completions.append(
            CompletionRecord(
                unit=each.unit,
                completed_at=at,
                due_at=each.due_at,
                eligible=True,
                invited_at=each.invited_at,
                delivered_at=each.invited_at,
                demo=True,
                field=field,
                late_at=each.late_at,
                told_late=each.told_late,
            )
        )
        said = each.said
        if said is not None:
            rater = None if said.rater is None else str(said.rater)
            day = vietnam_date(at)
            answers.append(
                RatingRecord(
                    *(each.unit, field, day, said.at, said.stars, said.reasons),
                    demo=True,
                    mode=said.mode,
                    rater=rater,
                    procedure=each.procedure.code if said.taps else None,
                    taps=said.taps,
                    themes=() if said.comment is None else themes_of(said.comment),
                )
            )
    return Records(tuple(completions), tuple(answers), demo=True)


def life(desks: Sequence[Desk], weeks: Sequence[Week], seed: int) -> Iterator[Done]:
    """Everything that was handed over in these weeks, a week after another in each unit."""
    for desk in desks:
        yield from _Life(desk, seed).run(weeks)


class _Life:
    """One unit's weeks; what a story changes stands in the methods that are called ``_story…``."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self._desk = desk
        self._random = Random(f"{seed}/{desk.code}")
        self._papers = Random(f"{seed}/{desk.code}/papers")
        self._taps = Random(f"{seed}/{desk.code}/taps")
        self._words = Random(f"{seed}/{desk.code}/words")
        self._kind = KINDS.get(desk.code, "delta")

    def run(self, weeks: Sequence[Week]) -> Iterator[Done]:
        for index, week in enumerate(weeks):
            done = [self._done(procedure, week, index) for procedure in self._procedures(index)]
            yield from map(
                self._wrote, map(self._tapped, self._asked_for_papers(self._story(done, week, index), index))
            )

    def _procedures(self, index: int) -> list[Procedure]:
        chance = self._random
        copies = round(self._desk.certified * chance.uniform(0.9, 1.1))
        others = round((self._desk.weekly - self._desk.certified) * chance.uniform(0.9, 1.1))
        drawn = chance.choices(MIX, [line.share for line in MIX], k=others)
        if self._desk.code == "H99.08":
            drawn = _with_exactly(len(_businesses(index)), HOUSEHOLD_BUSINESS, drawn)
        return [COPIES] * copies + drawn

    def _done(self, procedure: Procedure, week: Week, index: int) -> Done:
        chance = self._random
        hour = chance.choice((7.6, 8, 9, 10, 13.6, 14, 15, 16)) + chance.random() * 0.5
        at = week.start + timedelta(days=chance.choice((0, 0, 1, 1, 2, 3, 4)), hours=hour)
        late = chance.random() < self._late(procedure, index)
        due = at + timedelta(days=-chance.randint(1, 6) if late else chance.choice((0, 0, 1, 2)))
        where = (self._desk.land_branch if procedure.branch else None) or "bộ phận một cửa"
        done = Done(self._desk.code, procedure, at, due, late_at=where if late else None)
        return self._asked(done, index)

    def _asked(self, done: Done, index: int) -> Done:
        """Who follows is invited some hours later, three in ten answer; some type the code of their slip."""
        chance = self._random
        reach = 0.02 if done.procedure is COPIES else FOLLOWED[self._kind]
        if done.procedure.branch:
            reach = LAND_FOLLOWED
        if chance.random() < reach:
            asked = done.completed_at + timedelta(hours=chance.uniform(2, 20))
            done = replace(done, invited_at=asked)
            if chance.random() < ANSWER:
                done = replace(done, said=self._said(done, asked + timedelta(minutes=chance.uniform(1, 600)), index))
        elif chance.random() < SLIPS * TYPED:
            at = done.completed_at + timedelta(hours=chance.uniform(1, 40))
            done = replace(done, said=self._said(done, at, index, "slip"))
        return done

    def _said(self, done: Done, at: datetime, index: int, mode: str = "bot") -> Said:
        chance = self._random
        happy = chance.random() < self._satisfied(done.procedure, index)
        stars = _drawn(chance, HAPPY if happy else UNHAPPY)
        return Said(at, stars, self._reasons(happy, done.procedure, index), mode)

    def _reasons(self, happy: bool, procedure: Procedure, index: int) -> tuple[str, ...]:
        chance = self._random
        if chance.random() > 0.7:
            return ()
        if happy:
            return (chance.choice(("prompt", "one_trip", "clear", "friendly")),)
        waiting = 4 if self._surveyor_gone(index) and procedure.branch else 1
        back = 3 if self._board_wrong(index) and procedure is HOUSEHOLD_BUSINESS else 1
        weighted = {"waiting": waiting, "back_and_forth": back, "unclear": 1, "manner": 1, "extra_papers": 1}
        return (chance.choices(list(weighted), list(weighted.values()))[0],)

    def _asked_for_papers(self, done: list[Done], index: int) -> Iterator[Done]:
        """By the procedure's usual share; Đồi Sim's household businesses as planted: 15 of 34, then 9 of 72."""
        business = iter(_businesses(index))
        for each in done:
            if self._desk.code == "H99.08" and each.procedure is HOUSEHOLD_BUSINESS:
                k = next(business)
                planted = _part(15, k, 34) if self._board_wrong(index) else _part(9, k, 72)
                yield replace(each, asked=len(planted))
            else:
                yield replace(each, asked=int(self._papers.random() < each.procedure.supplement))

    def _tapped(self, done: Done) -> Done:
        """Half of those who answer in chat answer the short questions too: worse who were late or came again."""
        said, chance = done.said, self._taps
        if said is None or said.mode != "bot" or chance.random() > TAPPED:
            return done
        well = said.stars >= 4
        late = done.late_at is not None
        taps = (
            ("guidance", _drawn(chance, GUIDED if well else NOT_GUIDED)),
            ("trips", "twice" if done.asked else _drawn(chance, TRIPS)),
            ("late", ("explained" if done.told_late else "unexplained") if late else "in_time"),
            ("put_off", _drawn(chance, PUT_OFF if well else OFTEN_PUT_OFF)),
        )
        return replace(done, said=replace(said, taps=taps))

    def _wrote(self, done: Done) -> Done:
        """One in three writes something besides."""
        said, chance = done.said, self._words
        if said is None or said.mode == "phone" or chance.random() > WROTE:
            return done
        words = chance.choice(PRAISE if said.stars >= 4 else LATE_BLAME if done.late_at is not None else BLAME)
        return replace(done, said=replace(said, comment=words))

    # --- the stories -------------------------------------------------------------------------------------------------

    def _surveyor_gone(self, index: int) -> bool:
        """Kim Trúc from the fourteenth week: nobody measures land at the branch office."""
        return self._desk.code == "H99.02" and index >= 13

    def _board_wrong(self, index: int) -> bool:
        """Đồi Sim until the eighth week: one paper is missing from the board."""
        return self._desk.code == "H99.08" and index < WRONG_BOARD

    def _late(self, procedure: Procedure, index: int) -> float:
        if self._desk.code == "H99.02" and procedure.branch:
            return 0.31 if self._surveyor_gone(index) else 0.08
        return procedure.late

    def _satisfied(self, procedure: Procedure, index: int) -> float:
        if self._desk.code == "H99.02" and procedure.branch:
            return 0.62 if self._surveyor_gone(index) else 0.84
        return SATISFIED.get(procedure.field, USUALLY_SATISFIED)

    def _story(self, done: list[Done], week: Week, index: int) -> list[Done]:
        match self._desk.code:
            case "H99.03" if 9 <= index <= 11:
                return _stuffed(done, week, index)
            case "H99.04" if index == 17:
                return _storm(done)
            case "H99.01":
                return self._exactly(done, index, {CIVIL: (19, 20), LAND: (126, 180)})
            case "H99.07":
                return self._exactly(done, index, {CIVIL: (83, 90), LAND: (13, 20)})
            case "H99.11":
                return self._silent(done, index)
            case "H99.10" if index == 21:
                return self._counted(done, (5, 4, 5, 5, 1, 1))
            case _:
                return done

    def _exactly(self, done: list[Done], index: int, planted: dict[str, tuple[int, int]]) -> list[Done]:
        """So many satisfied of so many answers of a field in each thirteen weeks, evenly; else only of copies."""
        found = [d if d.procedure is COPIES else replace(d, said=None) for d in done]
        for field, (satisfied, n) in planted.items():
            places = [i for i, d in enumerate(found) if d.procedure.field == field]
            here = _part(n, index % 13, 13)
            for k, i in zip(here, self._random.sample(places, len(here)), strict=True):
                stars = _drawn(self._random, HAPPY if _part(satisfied, k, n) else UNHAPPY)
                found[i] = self._answered(found[i], stars)
        return found

    def _silent(self, done: list[Done], index: int) -> list[Done]:
        """Mường Sim: none to four answers a week, all of five stars; from the twentieth week slips, 30 of 37."""
        quiet = self._counted(done, (5,) * (0, 2, 3, 1)[index % 4])
        if index < 19:
            return quiet
        slips = _part(37, index - 19, 7)
        free = [i for i, d in enumerate(quiet) if d.said is None and d.procedure is not COPIES]
        for k, i in zip(slips, self._random.sample(free, len(slips)), strict=True):
            stars = _drawn(self._random, HAPPY if _part(30, k, 37) else UNHAPPY)
            quiet[i] = self._answered(quiet[i], stars, "slip")
        return quiet

    def _counted(self, done: list[Done], stars: Sequence[int]) -> list[Done]:
        """Exactly these answers in the week."""
        found = [replace(d, said=None) for d in done]
        places = [i for i, d in enumerate(found) if d.procedure is not COPIES]
        for given, i in zip(stars, self._random.sample(places, len(stars)), strict=True):
            found[i] = self._answered(found[i], given)
        return found

    def _answered(self, done: Done, stars: int, mode: str = "bot") -> Done:
        asked = done.completed_at + timedelta(hours=self._random.uniform(2, 20))
        at = asked + timedelta(minutes=self._random.uniform(1, 600))
        return replace(done, invited_at=asked if mode == "bot" else done.invited_at, said=Said(at, stars, (), mode))


def _stuffed(done: list[Done], week: Week, index: int) -> list[Done]:
    """Phố Sim, four afternoons in three weeks: sixteen slips answered in a row, all five stars, by two devices."""
    found = list(done)
    for day in ((1, 3), (2,), (4,))[index - 9]:
        afternoon = week.start + timedelta(days=day, hours=16, minutes=20)
        end = afternoon + timedelta(minutes=40)
        found = [replace(d, said=None) if d.said and afternoon <= d.said.at < end else d for d in found]
        free = [i for i, d in enumerate(found) if d.said is None and d.procedure is not COPIES][:16]
        at = afternoon
        for k, i in enumerate(free):
            handed = at - timedelta(seconds=70)
            due = found[i].due_at if found[i].late_at else handed
            said = Said(at, 5, (), "link", 1 + k % 2)
            found[i] = replace(found[i], completed_at=handed, due_at=min(due, handed), said=said, late_at=None)
            at += timedelta(seconds=38 + (7 * k) % 6)
    return found


def _storm(done: list[Done]) -> list[Done]:
    """Cửa Sú: closed for three days, 41 late, 38 of them told before and with a new day."""
    found = [replace(d, due_at=d.completed_at, late_at=None) if d.late_at else d for d in done]
    for k, i in enumerate([i for i, d in enumerate(found) if d.procedure is not COPIES][:41]):
        due = found[i].completed_at - timedelta(days=3)
        found[i] = replace(found[i], due_at=due, late_at="bộ phận một cửa", told_late=k < 38)
    return found


def _businesses(index: int) -> range:
    """Đồi Sim's household businesses of a week: 34 in the first eight weeks, then 72 in eighteen."""
    return _part(34, index, 8) if index < WRONG_BOARD else _part(72, index - WRONG_BOARD, WEEKS - WRONG_BOARD)


def _with_exactly(n: int, procedure: Procedure, drawn: list[Procedure]) -> list[Procedure]:
    """The same number of dossiers, exactly ``n`` of them of the procedure."""
    others = [each for each in drawn if each is not procedure]
    spare = [each for each in MIX if each is not procedure]
    others += [spare[k % len(spare)] for k in range(len(drawn) - n - len(others))]
    return [procedure] * n + others[: len(drawn) - n]


def _part(whole: int, part: int, parts: int) -> range:
    """Which of a whole, from 0, fall to one of equal parts; the parts add up to it."""
    return range(whole * part // parts, whole * (part + 1) // parts)


def _drawn(chance: Random, weighted: Sequence[tuple[Value, int]]) -> Value:
    return chance.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]
