"""The tables of what a desk's officials write: facts hidden, facts of their own, new days; and what is to be taught."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from storage.tables import Instant, Number, metadata

hidden_facts = Table(
    "hidden_facts",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("unit", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("facet", Text, nullable=False, comment="a facet's value; 'all': the whole answer"),
    Column("hidden_by", Text, nullable=False, comment="officials.id"),
    Column("hidden_at", Instant, nullable=False),
    Column("shown_by", Text, comment="officials.id; NULL while hidden"),
    Column("shown_at", Instant),
)
Index(
    "ix_hidden_facts_now",
    hidden_facts.c.unit,
    hidden_facts.c.procedure,
    hidden_facts.c.facet,
    unique=True,
    sqlite_where=hidden_facts.c.shown_at.is_(None),
)

local_facts = Table(
    "local_facts",
    metadata,
    Column(
        "number",
        Number,
        primary_key=True,
        autoincrement=False,
        comment="what officials type to confirm it",
    ),
    Column("unit", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("fact", Text, nullable=False, comment="fee, time, where, note"),
    Column("value", Text, nullable=False, comment="JSON: a text, or a list of lines"),
    Column("replaces", Text, comment="JSON: the one line it replaces; NULL: all of the fact"),
    Column("document", Text, nullable=False, comment="number of the paper it stands on"),
    Column("issued_on", Text, nullable=False, comment="ISO date of that paper"),
    Column("issued_by", Text),
    Column("since", Text, comment="ISO date of the first day it holds"),
    Column("state", Text, nullable=False, comment="proposed, confirmed, refused"),
    Column("proposed_by", Text, nullable=False, comment="officials.id"),
    Column("proposed_at", Instant, nullable=False),
    Column("confirmed_by", Text, comment="officials.id, another person than proposed_by"),
    Column("refused_by", Text, comment="officials.id"),
    Column("decided_at", Instant),
)
Index("ix_local_facts_unit_state", local_facts.c.unit, local_facts.c.state)

open_questions = Table(
    "open_questions",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("unit", Text, nullable=False),
    Column("words", Text, nullable=False, comment="known words of the question, without what could name a person"),
    Column("why", Text, nullable=False, comment="a refusal's code, asked_back, not_these"),
    Column("times", Integer, nullable=False),
    Column("first_on", Text, nullable=False, comment="Vietnam's date"),
    Column("last_on", Text, nullable=False, comment="Vietnam's date"),
    UniqueConstraint("unit", "words"),
)

extensions = Table(
    "extensions",
    metadata,
    Column(
        "number",
        Number,
        primary_key=True,
        autoincrement=False,
        comment="what the choice that confirms it says",
    ),
    Column("dossier", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("due_at", Instant, nullable=False, comment="the due instant that it is about: another one overrules it"),
    Column("day", Text, nullable=False, comment="ISO date of the new day"),
    Column("reason", Text, comment="as the official wrote it; NULL: not written"),
    Column("drafted_by", Text, nullable=False, comment="officials.id"),
    Column("drafted_at", Instant, nullable=False),
    Column("confirmed_by", Text, comment="officials.id; NULL: a draft, told to nobody"),
    Column("confirmed_at", Instant),
)
Index("ix_extensions_dossier", extensions.c.dossier)

curves = Table(
    "curves",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("procedure", Text, primary_key=True, comment="its code as told"),
    Column("fitted_on", Text, nullable=False, comment="Vietnam's date"),
    Column("n", Integer, nullable=False, comment="dossiers, finished or not"),
    Column("done", Integer, nullable=False, comment="of them finished"),
    Column("steps", Text, nullable=False, comment="JSON [[working day, share that lasts longer], …]"),
)

machine_judged = Table(
    "machine_judged",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("month", Text, primary_key=True, comment="YYYY-MM in Vietnam"),
    Column("helped", Integer, nullable=False),
    Column("not_helped", Integer, nullable=False),
)

actions = Table(
    "actions",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("unit", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("done_on", Text, nullable=False, comment="Vietnam's date"),
    Column("words", Text, nullable=False, comment="what was done, without names"),
    Column("noted_by", Text, nullable=False, comment="officials.id"),
    Column("noted_at", Instant, nullable=False),
)
Index("ix_actions_unit_done_on", actions.c.unit, actions.c.done_on)
