"""The table of result slips: what opens the rating of one completion for who holds the paper or the link."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from storage.tables import Instant, metadata

slips = Table(
    "slips",
    metadata,
    Column("token", Text, primary_key=True, comment="keyed hash of what stands in the QR"),
    Column("link", Text, nullable=False, unique=True, comment="keyed hash of what stands in the link"),
    Column("typed", Text, nullable=False, unique=True, comment="keyed hash of the eight characters"),
    Column("dossier", Text, nullable=False),
    Column("n", Integer, nullable=False, comment="of the completion that it rates, perhaps one still to come"),
    Column("serial", Integer, nullable=False, comment="the n-th slip of the completion"),
    Column("rates", Text, nullable=False, comment="keyed hash of the hash that the rating holds: no join without key"),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant, comment="opens nothing from then on"),
    UniqueConstraint("dossier", "n", "serial"),
)
Index("ix_slips_rates", slips.c.rates)
Index("ix_slips_made_at", slips.c.made_at)
