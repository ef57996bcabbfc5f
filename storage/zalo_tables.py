"""The tables of Zalo: who may be written to until when, the token pair, templates that wait for an answer, costs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from storage.tables import Instant, Number, metadata

contacts = Table(
    "contacts",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("heard_at", Instant, comment="the citizen last wrote, tapped or followed: opens the window for writing"),
    Column("quiet_until", Instant, comment="an official talks here: the machine is quiet"),
    Column("phone", Text, comment="sealed hash of the phone given for template messages"),
    sqlite_with_rowid=False,
)

zalo_tokens = Table(
    "zalo_tokens",
    metadata,
    Column("oa", Text, primary_key=True),
    Column("access", Text, nullable=False, comment="sealed"),
    Column("refresh", Text, nullable=False, comment="sealed; works once"),
    Column("previous", Text, comment="sealed: the pair before, as refresh token"),
    Column("expires_at", Instant, nullable=False),
    Column("renewed_at", Instant, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("state", Text, nullable=False, comment="good, renewing, uncertain, refused"),
    Column("claimed_by", Text, comment="the process that is renewing"),
    Column("claimed_until", Instant),
    Column("seed", Text, comment="hash of the settings' pair that was taken over once"),
)

zalo_templates = Table(
    "zalo_templates",
    metadata,
    Column("message", Text, primary_key=True, comment="Zalo's id of a template message"),
    Column("chat", Text, nullable=False),
    Column("dossier", Text, nullable=False),
    Column("n", Integer, comment="the completion asked about; NULL: news of the dossier"),
    Column("sent_at", Instant, nullable=False),
)
Index("ix_zalo_templates_chat", zalo_templates.c.chat)

zalo_costs = Table(
    "zalo_costs",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False, comment="cs, template"),
    Column("quota", Text, nullable=False, comment="Zalo's quota_type: reply, sub_quota, purchase_quota, …"),
    Column("dong", Integer, nullable=False, comment="0 where it cost nothing"),
)
Index("ix_zalo_costs_at", zalo_costs.c.at)
