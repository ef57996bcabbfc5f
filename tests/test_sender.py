"""What the sender makes of refusals: a file never takes its text along, and news wait for their citizen."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from channels.channel import FileRefused, Limits, Refused, TryLater, Untold
from handlers.desk import Conversation, Step
from handlers.messages import PDF, Attachment, Choice, Incoming, Kind, Outgoing, Purpose
from handlers.states import AsksStars, Idle
from handlers.texts import common
from storage.engine import Database
from storage.tables import inbox, outbox
from tests.engine import MONDAY, Engine, FakeChannel, chat

AN = chat("an")
FILE = Attachment("a.pdf", PDF, b"%PDF-")


async def with_file(conversation: Conversation, incoming: Incoming) -> Step:
    return Step(Idle(), (Outgoing("Báo cáo tuần 46.", (Choice("Tuần trước", "week last"),), FILE),))


NOTED = f"Báo cáo tuần 46.\n{common.no_file()}"
ROWS: dict[str, tuple[list[Exception], str, bool]] = {
    "taken": ([], "Báo cáo tuần 46.", True),
    "refused before its text": ([FileRefused("-210", said=False)], NOTED, False),
    "refused after its text": ([FileRefused("too big", said=True)], common.no_file(), False),
    "refused at the second try": ([TryLater(0.0), FileRefused("-200", said=False)], NOTED, False),
    "and the text only at the second": ([FileRefused("-201", said=False), TryLater(0.0)], NOTED, False),
}


@pytest.mark.parametrize("why", ROWS)
async def test_a_file_that_is_refused_does_not_take_its_text_along(database: Database, why: str) -> None:
    troubles, text, file = ROWS[why]
    engine = await Engine(database, with_file).start()
    engine.channel.troubles = list(troubles)
    await engine.say(AN, "a")
    (letter,) = engine.channel.delivered
    assert (letter.text, letter.attachment is not None) == (text, file)
    assert [choice.says for choice in letter.choices] == ["week last"]
    states = select(outbox.c.state, outbox.c.body)
    assert await database.read(lambda connection: connection.execute(states).all()) == [("sent", None)]
    await engine.stop()


async def test_the_note_never_makes_a_text_too_long(database: Database) -> None:
    engine = await Engine(database, with_file, FakeChannel(Limits(text=20))).start()
    engine.channel.troubles = [FileRefused("-210", said=False)]
    await engine.say(AN, "a")
    assert engine.channel.texts(AN) == ["Báo cáo tuần 46."]
    await engine.stop()


async def test_a_text_that_is_refused_as_well_ends_there(database: Database) -> None:
    engine = await Engine(database, with_file).start()
    engine.channel.troubles = [FileRefused("-210", said=False), Refused("-230")]
    await engine.say(AN, "a")
    assert engine.channel.delivered == []
    states = select(outbox.c.state)
    assert await database.read(lambda connection: connection.execute(states).scalars().all()) == ["refused"]
    await engine.stop()


# --- what may not be told now ----------------------------------------------------------------------------------------


async def invites(conversation: Conversation, incoming: Incoming) -> Step:
    if incoming.kind is not Kind.EVENT:
        return Step(conversation.state, (Outgoing(f"{incoming.text}: {type(conversation.state).__name__}"),))
    state = AsksStars("H", 1) if incoming.id.startswith("invite") else conversation.state
    return Step(state, (Outgoing("thấy thế nào?", purpose=Purpose.INVITATION),))


def an_event(id: str) -> Incoming:
    return Incoming(AN, id, "", MONDAY, Kind.EVENT)


async def test_what_may_not_be_told_now_is_taken_up_anew_and_nothing_waits_for_its_answer(database: Database) -> None:
    engine = await Engine(database, invites).start()
    engine.channel.troubles = [Untold()]
    await engine.accept(an_event("invite:H:1"))
    await engine.worker.finished()
    await engine.sender.finished()
    await engine.writer.drained()
    assert engine.channel.troubles == []
    row = select(inbox.c.state, inbox.c.answered_at)
    assert await database.read(lambda connection: connection.execute(row).all()) == [("open", None)]
    await engine.say(AN, "xin chào")
    assert engine.channel.texts(AN) == ["xin chào: Idle", "thấy thế nào?"]
    await engine.say(AN, "5")
    assert engine.channel.texts(AN)[-1] == "5: AsksStars"
    states = select(inbox.c.state).distinct()
    assert await database.read(lambda connection: connection.execute(states).scalars().all()) == ["answered"]
    await engine.stop()


async def test_an_answer_is_never_taken_up_anew(database: Database) -> None:
    """It belongs to the citizen's own message, which has been answered."""
    engine = await Engine(database, invites).start()
    engine.channel.troubles = [Untold()]
    await engine.say(AN, "một")
    await engine.say(AN, "hai")
    assert engine.channel.texts(AN) == ["hai: Idle"]
    await engine.stop()
