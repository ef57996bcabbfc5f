"""How conversations and letters look in the tables: JSON there, values here."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import orjson

from bot.engine.jobs import InboxRow, Stand
from channels.channel import Letter
from handlers import memory
from handlers.desk import Conversation, Topic
from handlers.messages import Attachment, Chat, Choice, Incoming, Kind, Purpose
from handlers.states import dump, load
from storage.tables import instant


def dump_state(conversation: Conversation) -> str:
    """The ``state`` column."""
    return orjson.dumps(dump(conversation.state)).decode()


def dump_choices(choices: tuple[Choice, ...]) -> str:
    """The ``offered`` column: ``[[label, says, key], …]``."""
    return orjson.dumps([(c.label, c.says, c.key) for c in choices]).decode() if choices else "[]"


def dump_topic(topic: Topic) -> str | None:
    """The ``topic`` column, NULL where nothing was spoken of."""
    if topic.procedure is None and topic.dossier is None:
        return None
    return orjson.dumps({"procedure": topic.procedure, "case": topic.case, "dossier": topic.dossier}).decode()


def dump_memory(kept: memory.Memory) -> str | None:
    """The ``memory`` column, NULL where nothing is kept."""
    values = memory.dump(kept)
    return None if values is None else orjson.dumps(values).decode()


def load_stand(row: Any) -> Stand:
    """A row of ``conversation``, its instant in microseconds."""
    topic = Topic(**orjson.loads(row.topic)) if row.topic else Topic()
    return Stand(
        Conversation(
            version=row.version,
            state=load(orjson.loads(row.state)),
            offered=tuple(Choice(*choice) for choice in orjson.loads(row.offered)),
            topic=topic,
            memory=memory.load(orjson.loads(row.memory)) if row.memory else memory.Memory(),
            language=row.language,
            unit=row.unit,
            updated_at=instant(row.updated_at),
        ),
        row.seq,
    )


def load_inbox(row: Any) -> InboxRow:
    """A row of ``inbox`` that is still open."""
    chat, kind = Chat.parse(row.chat), Kind(row.kind)
    incoming = Incoming(chat, row.event, row.text or "", row.at, kind, row.private, row.origin)
    return InboxRow(row.seq, incoming, row.attempts, row.deferred)


def dump_body(letter: Letter) -> str:
    """The ``body`` of an outbox row."""
    body: dict[str, Any] = {"text": letter.text}
    if letter.choices:
        body["choices"] = [(c.label, c.says, c.key) for c in letter.choices]
    if letter.asks_phone:
        body["asks_phone"] = True
    if letter.attachment is not None:
        file = letter.attachment
        body["attachment"] = {"name": file.name, "type": file.type, "content": b64encode(file.content).decode()}
    return orjson.dumps(body).decode()


def load_letter(row: Any) -> Letter:
    """A row of ``outbox`` whose body is still there."""
    body = orjson.loads(row.body)
    file = body.get("attachment")
    return Letter(
        chat=Chat.parse(row.chat),
        seq=row.seq,
        event=row.event,
        purpose=Purpose(row.purpose),
        text=body["text"],
        choices=tuple(Choice(*choice) for choice in body.get("choices", ())),
        attachment=None if file is None else Attachment(file["name"], file["type"], b64decode(file["content"])),
        made_at=row.made_at,
        asks_phone=bool(body.get("asks_phone")),
    )
