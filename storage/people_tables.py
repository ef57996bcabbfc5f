"""The tables of people who talk on several channels: which chats are one person's, and the codes that join them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from storage.tables import Instant, metadata

people = Table(
    "people",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("person", Text, nullable=False, comment="random; the same for all chats of one person"),
    Column("since", Instant, nullable=False, comment="news of dossiers go to the person's newest chat"),
)
Index("ix_people_person", people.c.person)

join_codes = Table(
    "join_codes",
    metadata,
    Column("hash", Text, primary_key=True, comment="keyed hash of the code that the citizen carries over"),
    Column("chat", Text, nullable=False, comment="where it was asked for"),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
Index("ix_join_codes_chat", join_codes.c.chat)
