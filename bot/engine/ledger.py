"""The one writer: what is written for every kind of job, and the fence around each answer.

A Step and "this message is answered" are one transaction. It is fenced: the conversation must still have the version
that was read and the message must still be open, else the Step is thrown away (``Stale``) and ``respond`` runs again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import ClauseElement, Connection, bindparam, null, select

from bot.engine import effects
from bot.engine.jobs import Accept, Accepted, Answer, Defer, Failed, InboxRow, Job, Retry, Sent, Stand, Stands, Work
from bot.engine.lookup import Lookup
from bot.engine.stored import dump_body, dump_choices, dump_memory, dump_state, dump_topic
from bot.keys import Keys
from bot.stale import Stale
from bot.tables import people
from handlers.desk import Conversation
from handlers.effects import Erased
from handlers.messages import Kind, Purpose
from handlers.states import Idle
from storage.statement import Statement, upsert
from storage.tables import bindings, completions, conversation, inbox, micros, outbox

_ACCEPT = Statement(
    ("chat", "event", "seq", "kind", "text", "at", "private", "state", "attempts", "not_before", "deferred", "origin"),
    lambda dialect: upsert(dialect, inbox).on_conflict_do_nothing(),
)
_KNOWN = Lookup(select(inbox.c.chat, inbox.c.event), inbox.c.chat, inbox.c.event)
_FENCE = Lookup(
    select(inbox.c.chat, inbox.c.event, inbox.c.state, conversation.c.version)
    .select_from(inbox.outerjoin(conversation, conversation.c.chat == inbox.c.chat))
    .with_for_update(of=inbox),
    inbox.c.chat,
    inbox.c.event,
)
_ANSWERED = Statement(
    ("answered_at", "new_state", "c", "e"),
    inbox.update()
    .where(inbox.c.chat == bindparam("c"), inbox.c.event == bindparam("e"))
    .values(state=bindparam("new_state"), answered_at=bindparam("answered_at"), text=null(), origin=null()),
)
_POST = Statement(
    ("chat", "seq", "event", "purpose", "body", "state", "made_at", "due_at", "sent_at", "vanishes"), outbox.insert()
)
_SENT = Statement(
    ("new_state", "sent_at", "body", "c", "s"),
    outbox.update()
    .where(outbox.c.chat == bindparam("c"), outbox.c.seq == bindparam("s"))
    .values(state=bindparam("new_state"), sent_at=bindparam("sent_at"), body=bindparam("body")),
)
_REMEMBERED = ("version", "state", "offered", "topic", "memory", "language", "unit", "seq", "updated_at")


def _remember(dialect: str) -> ClauseElement:
    insert = upsert(dialect, conversation)
    renew = {name: insert.excluded[name] for name in _REMEMBERED}
    made: ClauseElement = insert.on_conflict_do_update(index_elements=["chat"], set_=renew)
    return made


_REMEMBER = Statement(("chat", *_REMEMBERED), _remember)


class Ledger:
    """Applies groups of jobs. ``pulled`` names the channels whose letters count as sent once they are committed."""

    def __init__(self, keys: Keys, context: effects.Context, pulled: frozenset[str], stands: Stands) -> None:
        self._keys = keys
        self._stands = stands
        self._context = context
        self._pulled = pulled

    def apply(self, connection: Connection, jobs: Sequence[Job]) -> list[Any]:
        """One outcome a job, in order; an exception as an outcome is that job's alone."""
        outcomes: list[Any] = [None] * len(jobs)
        accepts = [(i, job) for i, job in enumerate(jobs) if isinstance(job, Accept)]
        answers = [(i, job) for i, job in enumerate(jobs) if isinstance(job, Answer)]
        for (i, _), accepted in zip(accepts, self._accept(connection, [job for _, job in accepts]), strict=True):
            outcomes[i] = accepted
        for (i, _), outcome in zip(answers, self._answer(connection, [job for _, job in answers]), strict=True):
            outcomes[i] = outcome
        self._mark(connection, [job for job in jobs if isinstance(job, Sent)])
        for i, job in enumerate(jobs):
            match job:
                case Accept() | Answer() | Sent():
                    pass
                case Defer(row, at):
                    _update(connection, row, not_before=at, deferred=True)
                case Failed(row):
                    _update(connection, row, attempts=inbox.c.attempts + 1)
                case Retry(letter, due):
                    connection.execute(_letter(letter).values(due_at=due, attempts=outbox.c.attempts + 1))
                case Work(run):
                    outcomes[i] = run(connection)
                case _:
                    assert_never(job)
        return outcomes

    def _accept(self, connection: Connection, jobs: list[Accept]) -> list[Accepted]:
        if not jobs:
            return []
        stored = _accept(connection, jobs)
        strangers = dict.fromkeys(chat for job in jobs for chat in job.strangers)
        stands = self._stands.of(connection, list(strangers)) if strangers else {}
        return [
            Accepted(mine, {chat: stands[chat] for chat in job.strangers}, rejected)
            for job, (mine, rejected) in zip(jobs, stored, strict=True)
        ]

    def _answer(self, connection: Connection, turns: list[Answer]) -> list[Any]:
        if not turns:
            return []
        standing = _fence(connection, turns)
        outcomes: list[Any] = []
        written: list[Answer] = []
        for turn in turns:
            if standing.get(_key(turn.row)) != ("open", turn.before.conversation.version):
                outcomes.append(Stale("the chat went on meanwhile"))
                continue
            try:
                self._effects(connection, turn)
            except Stale as stale:
                outcomes.append(stale)
                continue
            written.append(turn)
            outcomes.append(_after(turn))
        self._write(connection, written)
        return outcomes

    def _effects(self, connection: Connection, turn: Answer) -> None:
        if not turn.step.effects:
            return
        with connection.begin_nested():  # a Stale effect takes back its own turn only
            for effect in turn.step.effects:
                effects.apply(connection, self._context, turn, effect)

    def _write(self, connection: Connection, turns: list[Answer]) -> None:
        kept = [turn for turn in turns if not _erases(turn)]
        _ANSWERED.run(
            connection,
            [(micros(t.at), t.outcome, str(t.row.incoming.chat), t.row.incoming.id) for t in kept],
        )
        _REMEMBER.run(connection, [_row(turn) for turn in kept])
        _POST.run(connection, [self._letter_row(turn, letter) for turn in turns for letter in turn.letters])
        for turn in turns:
            for letter in turn.letters:
                if letter.purpose is Purpose.INVITATION and letter.chat.channel in self._pulled:
                    _delivered(connection, letter, turn.at)

    def _letter_row(self, turn: Answer, letter: Any) -> tuple[Any, ...]:
        at = micros(turn.at)
        pulled = letter.chat.channel in self._pulled
        state, sent_at = ("sent", at) if pulled else ("open", None)
        chat, purpose = str(letter.chat), letter.purpose.value
        return (chat, letter.seq, letter.event, purpose, dump_body(letter), state, at, at, sent_at, _erases(turn))

    def _mark(self, connection: Connection, marks: list[Sent]) -> None:
        _SENT.run(connection, [(m.state, micros(m.at), None, str(m.letter.chat), m.letter.seq) for m in marks])
        for mark in marks:
            if mark.state == "sent" and mark.letter.purpose is Purpose.INVITATION:
                _delivered(connection, mark.letter, mark.at)
            if mark.untold:
                _take_up_anew(connection, mark)
            if mark.blocked:
                connection.execute(bindings.delete().where(bindings.c.chat == str(mark.letter.chat)))
                people.part(connection, str(mark.letter.chat))  # news go to another chat of theirs


def _take_up_anew(connection: Connection, mark: Sent) -> None:
    """The event that a letter told of is open again; where nothing was said since, the chat waits for no answer."""
    chat, letter = str(mark.letter.chat), mark.letter
    event = (inbox.c.chat == chat, inbox.c.event == letter.event, inbox.c.kind == Kind.EVENT.value)
    anew = {"state": "open", "not_before": mark.at, "deferred": False, "answered_at": None}
    connection.execute(inbox.update().where(*event, inbox.c.state == "answered").values(anew))
    newest = (conversation.c.chat == chat, conversation.c.seq == letter.seq)
    idle = dump_state(Conversation(state=Idle()))
    connection.execute(
        conversation.update().where(*newest).values(version=conversation.c.version + 1, state=idle, offered="[]")
    )


def _accept(connection: Connection, jobs: list[Accept]) -> list[tuple[list[InboxRow], int]]:
    """For each job its new rows that are to be answered, and how many others of it are new."""
    rows = [row for job in jobs for row in job.rows]
    seen: set[tuple[str, str]] = {(chat, event) for chat, event in _KNOWN.rows(connection, [_key(row) for row in rows])}
    stored: list[tuple[list[InboxRow], int]] = []
    new: list[tuple[Any, ...]] = []
    for job in jobs:
        mine: list[InboxRow] = []
        rejected = 0
        for row in job.rows:
            key = _key(row)
            if key in seen:
                continue
            seen.add(key)
            if row.incoming.kind is Kind.UNREADABLE:
                rejected += 1
            else:
                mine.append(row)
            new.append(_inbox_row(row, key))
        stored.append((mine, rejected))
    _ACCEPT.run(connection, new)
    return stored


def _inbox_row(row: InboxRow, key: tuple[str, str]) -> tuple[Any, ...]:
    message = row.incoming
    return (
        *key,
        row.seq,
        message.kind.value,
        message.text,
        micros(message.at),
        message.private,
        "rejected" if message.kind is Kind.UNREADABLE else "open",
        0,
        None,
        False,
        message.origin,
    )


def _fence(connection: Connection, turns: list[Answer]) -> dict[tuple[str, str], tuple[str, int]]:
    """How each message and its conversation stand in the tables: the message's state, the conversation's version."""
    rows = _FENCE.rows(connection, [_key(turn.row) for turn in turns])
    return {(chat, event): (state, version or 0) for chat, event, state, version in rows}


def _key(row: InboxRow) -> tuple[str, str]:
    return str(row.incoming.chat), row.incoming.id


def _erases(turn: Answer) -> bool:
    return any(isinstance(effect, Erased) for effect in turn.step.effects)


def _after(turn: Answer) -> Stand:
    """The conversation as it stands once the turn is committed."""
    if _erases(turn):
        return Stand(Conversation(), 0)
    before, step = turn.before.conversation, turn.step
    offered = before.offered
    for message in step.say:
        offered = message.choices or offered
    seq = turn.letters[-1].seq if turn.letters else turn.before.seq
    return Stand(
        Conversation(
            version=before.version + 1,
            state=step.state,
            offered=offered,
            topic=step.topic or before.topic,
            memory=before.memory if step.memory is None else step.memory,
            language=before.language,
            unit=before.unit,
            updated_at=_touched(turn),
        ),
        seq,
    )


def _touched(turn: Answer) -> datetime:
    """When the citizen last said something, or was last asked something: news alone put off nothing."""
    before = turn.before.conversation
    if turn.row.incoming.kind is Kind.EVENT and turn.step.state == before.state and before.updated_at is not None:
        return before.updated_at
    return turn.at


def _row(turn: Answer) -> tuple[Any, ...]:
    after = _after(turn)
    now = after.conversation
    return (
        str(turn.row.incoming.chat),
        now.version,
        dump_state(now),
        dump_choices(now.offered),
        dump_topic(now.topic),
        dump_memory(now.memory),
        now.language,
        now.unit,
        after.seq,
        micros(now.updated_at or turn.at),
    )


def _update(connection: Connection, row: InboxRow, **values: Any) -> None:
    message = row.incoming
    connection.execute(
        inbox.update().where(inbox.c.chat == str(message.chat), inbox.c.event == message.id).values(**values)
    )


def _letter(letter: Any) -> Any:
    return outbox.update().where(outbox.c.chat == str(letter.chat), outbox.c.seq == letter.seq)


def _delivered(connection: Connection, letter: Any, at: Any) -> None:
    kind, _, rest = letter.event.partition(":")
    dossier, _, n = rest.rpartition(":")
    if kind != "invite" or not n.isdigit():
        return
    connection.execute(
        completions.update()
        .where(completions.c.dossier == dossier, completions.c.n == int(n), completions.c.delivered_at.is_(None))
        .values(delivered_at=at)
    )


def is_idle(stand: Stand) -> bool:
    """Whether the chat waits for nothing of ours."""
    return isinstance(stand.conversation.state, Idle)
