"""The tables of how the machine served and of what was checked: sums of days, stretches of outage, calls back."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from storage.tables import Instant, metadata

service_days = Table(
    "service_days",
    metadata,
    Column("unit", Text, primary_key=True, comment="whose machine answered; empty: no unit is set"),
    Column("day", Text, primary_key=True, comment="Vietnam's date on which the messages came in"),
    Column("messages", Integer, nullable=False, comment="answered, or given up"),
    Column("soon", Integer, nullable=False, comment="answered within three seconds"),
    Column("unanswered", Integer, nullable=False, comment="given up"),
)

outages = Table(
    "outages",
    metadata,
    Column("what", Text, primary_key=True, comment="a channel's name, onestop, motcua"),
    Column("began_at", Instant, primary_key=True),
    Column("ended_at", Instant, nullable=False, comment="its end, or the last moment it is known of"),
)
Index("ix_outages_ended_at", outages.c.ended_at)

called_back = Table(
    "called_back",
    metadata,
    Column("completion", Text, primary_key=True, comment="keyed hash of (dossier, n), as in ratings"),
    Column("unit", Text, nullable=False),
    Column("called_on", Text, nullable=False, comment="Vietnam's date of the call"),
    Column("entered_at", Instant, nullable=False),
    Column("agrees", Boolean, nullable=False, comment="the same band as the rating that was there"),
    Column("demo", Boolean, nullable=False),
)
Index("ix_called_back_unit_called_on", called_back.c.unit, called_back.c.called_on)
