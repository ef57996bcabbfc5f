"""The tables. One schema for SQLite and PostgreSQL; the migrations under ``storage/migrations`` make it.

Rules: a chat is the text key ``channel/account/id`` and the first column of every hot table; instants are
integer microseconds UTC (``Instant``), days of the law are ISO dates; what a statistic counts carries its unit,
procedure and field copied at that time. Ratings hold neither chat nor dossier, only keyed hashes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """An aware instant as microseconds since 1970 UTC."""
    return (at - EPOCH) // MICROSECOND


def instant(us: int) -> datetime:
    """The aware UTC instant of so many microseconds."""
    return EPOCH + timedelta(microseconds=us)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as integer microseconds UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


Number = BigInteger().with_variant(Integer, "sqlite")
"""A row's number: SQLite counts up only where it is an INTEGER."""

# Partial indexes say their condition for SQLite alone: saying it for PostgreSQL loads its dialect (forty milliseconds
# of a start). The migrations, which make the tables, say both.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# --- what comes in and goes out -------------------------------------------------------------------------------------

inbox = Table(
    "inbox",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("event", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False, comment="order of arrival, unique; the id in log lines"),
    Column("kind", Text, nullable=False),
    Column("text", Text, comment="masked; NULL once answered"),
    Column("at", Instant, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("state", Text, nullable=False, comment="open, answered, rejected, expired, dead"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("not_before", Instant, comment="events: when it is due"),
    Column("deferred", Boolean, nullable=False, server_default=text("false"), comment="waits for the chat to be idle"),
    Column("answered_at", Instant),
    Column("claimed_by", Text),
    Column("claimed_until", Instant),
    Column("origin", Text, comment="keyed hash of the address it was sent from; NULL once answered"),
    sqlite_with_rowid=False,
)
Index("ix_inbox_open", inbox.c.seq, sqlite_where=inbox.c.state == "open")

outbox = Table(
    "outbox",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, comment="grows with time within the chat, never reused"),
    Column("event", Text, nullable=False, comment="the inbox event it answers"),
    Column("purpose", Text, nullable=False),
    Column("body", Text, comment="JSON {text, choices, attachment}; NULL once sent (web: after 30 days)"),
    Column("state", Text, nullable=False, comment="open, sent, refused, expired, dead"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("vanishes", Boolean, nullable=False, server_default=text("false"), comment="the row goes once sent"),
    Column("claimed_by", Text),
    Column("claimed_until", Instant),
    sqlite_with_rowid=False,
)
Index("ix_outbox_open", outbox.c.due_at, sqlite_where=outbox.c.state == "open")

Index("ix_outbox_vanishing", outbox.c.chat, sqlite_where=outbox.c.vanishes)

conversation = Table(
    "conversation",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("state", Text, nullable=False, comment='JSON {"v": 1, "name": …}'),
    Column("offered", Text, nullable=False, comment="JSON [[label, says, key], …] of the newest message with choices"),
    Column("topic", Text, comment="JSON: the procedure or dossier last spoken of"),
    Column("memory", Text, comment="JSON: lists of papers begun, the form of address"),
    Column("language", Text, nullable=False),
    Column("unit", Text),
    Column("seq", BigInteger, nullable=False, comment="the newest outbox seq of the chat"),
    Column("updated_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

# --- dossiers, as the backend told them ------------------------------------------------------------------------------

dossiers = Table(
    "dossiers",
    metadata,
    Column("code", Text, primary_key=True),
    Column("unit", Text, nullable=False, comment="DonViXuLy, else MOTCUA_UNIT"),
    Column("procedure", Text),
    Column("procedure_name", Text),
    Column("field", Text),
    Column("status", SmallInteger, nullable=False, comment="national 1 … 10; 0 unknown"),
    Column("received_at", Instant),
    Column("due_at", Instant),
    Column("done_at", Instant, comment="NgayTra of the latest completion"),
    Column("moved_at", Instant, nullable=False, comment="own time of the newest row: older ones change nothing"),
    Column("completions", Integer, nullable=False, server_default=text("0")),
    Column("phone", Text, comment="keyed hash of the last four digits; NULL proves nothing"),
    Column("details", Text, nullable=False, comment="JSON: supplements, agency at work, fee due, reason"),
    Column("seen_at", Instant, nullable=False, comment="when the backend said so"),
    Column("demo", Boolean, nullable=False),
)
Index("ix_dossiers_unit_status", dossiers.c.unit, dossiers.c.status)
Index("ix_dossiers_history", dossiers.c.unit, dossiers.c.procedure, dossiers.c.received_at)

parts = Table(
    "parts",
    metadata,
    Column("code", Text, primary_key=True, comment="a part's own code"),
    Column("dossier", Text, nullable=False, comment="the linked dossier that it is a part of"),
)

phone_uses = Table(
    "phone_uses",
    metadata,
    Column("dossier", Text, primary_key=True),
    Column("phone", Text, nullable=False, comment="keyed hash of the whole number told last"),
    Column("month", Text, nullable=False, comment="YYYY-MM of the reception"),
)
Index("ix_phone_uses_phone_month", phone_uses.c.phone, phone_uses.c.month)

movements = Table(
    "movements",
    metadata,
    Column("dossier", Text, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("status", SmallInteger, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("told", Boolean, nullable=False, comment="False: older than what was already told"),
)

completions = Table(
    "completions",
    metadata,
    Column("dossier", Text, primary_key=True),
    Column("n", Integer, primary_key=True, comment="the n-th time the dossier ended"),
    Column("ended", SmallInteger, comment="the status it ended in without a result; NULL: handed over"),
    Column("unit", Text, nullable=False),
    Column("procedure", Text),
    Column("field", Text),
    Column("received_at", Instant),
    Column("due_at", Instant),
    Column("completed_at", Instant, nullable=False),
    Column("eligible", Boolean, nullable=False),
    Column("invited_at", Instant),
    Column("delivered_at", Instant),
    Column("declined_at", Instant),
    Column("not_received_at", Instant),
    Column("demo", Boolean, nullable=False),
    Column("late_at", Text, comment="the agency that held it when its day passed"),
    Column("told_late", Boolean, nullable=False, server_default=text("false"), comment="a reason was written by then"),
    Column(
        "counted",
        SmallInteger,
        comment="by the national rule (punctuality.STORED); NULL: by an earlier version",
    ),
    Column("asked", SmallInteger, comment="how often more papers were asked for; NULL: by an earlier version"),
)
Index("ix_completions_unit_completed_at", completions.c.unit, completions.c.completed_at)
Index("ix_completions_mix", completions.c.field, completions.c.unit, completions.c.completed_at, completions.c.ended)
_without_result = completions.c.ended.is_not(None)
Index("ix_completions_ended", completions.c.unit, completions.c.completed_at, sqlite_where=_without_result)

# --- who may see and follow what -------------------------------------------------------------------------------------

bindings = Table(
    "bindings",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("dossier", Text, primary_key=True),
    Column("proved_at", Instant, nullable=False),
    Column("until", Instant, nullable=False, comment="30 minutes after a proof, 90 days when followed"),
    Column("following_since", Instant, comment="NULL: proved, not followed"),
    Column("name", Text, comment="short neutral name shown in notices"),
)
Index("ix_bindings_dossier", bindings.c.dossier)

misses = Table(
    "misses",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("dossier", Text, nullable=False),
    Column("who", Text, comment="keyed hash of the chat; NULL after a day"),
    Column("at", Instant, nullable=False),
    Column("origin", Text, comment="keyed hash of the address, where the channel sees one; NULL after a day"),
)
Index("ix_misses_dossier", misses.c.dossier)
Index("ix_misses_who_at", misses.c.who, misses.c.at)
Index("ix_misses_origin_at", misses.c.origin, misses.c.at)
Index("ix_misses_at", misses.c.at)

receipts = Table(
    "receipts",
    metadata,
    Column("token", Text, primary_key=True, comment="keyed hash of what stands in the QR of the receipt"),
    Column("dossier", Text, nullable=False),
    Column("serial", Integer, nullable=False, comment="the n-th receipt of the dossier"),
    Column("printed", Text, nullable=False, comment="the dossier's code as on the paper"),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant, comment="opens nothing from then on"),
    UniqueConstraint("dossier", "serial"),
)

consents = Table(
    "consents",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("version", Text, nullable=False, comment="of the text that was shown"),
    Column("granted", Boolean, nullable=False),
)

# --- ratings ---------------------------------------------------------------------------------------------------------

ratings = Table(
    "ratings",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("completion", Text, nullable=False, comment="keyed hash of (dossier, n)"),
    Column("rater", Text, comment="keyed hash of the chat; NULL after erasure"),
    Column("supersedes", Number, comment="the row this one replaces; append-only"),
    Column("at", Instant, nullable=False),
    Column(
        "first_at", Instant, nullable=False, comment="of the first row of this answer: changeable for 24 h from here"
    ),
    Column("stars", SmallInteger, nullable=False),
    Column("reasons", Text, nullable=False, comment="JSON list of chip codes"),
    Column("taps", Text, comment="JSON {question: answer} of the short questions; NULL: none answered"),
    Column("comment", Text, comment="masked; NULL after erasure"),
    Column(
        "held",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="the comment may hold an accusation: never for the unit itself",
    ),
    Column("unit", Text, nullable=False),
    Column("procedure", Text),
    Column("field", Text),
    Column(
        "completed_on", Text, nullable=False, comment="Vietnam's date, no time: a row cannot be matched to a dossier"
    ),
    Column("mode", Text, nullable=False, comment="bot, slip, link, phone, kiosk"),
    Column("instrument", Text, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("soon", Boolean, nullable=False, server_default=text("false"), comment="within 120 s of the handing over"),
    Column("ended", SmallInteger, comment="of its completion: ended without a result, a stratum of its own"),
    UniqueConstraint("completion", "supersedes"),
)
# holds all that a unit's past weeks are asked for, so that the rows themselves are not read
_past = (ratings.c.at, ratings.c.stars, ratings.c.field, ratings.c.supersedes, ratings.c.ended)
Index("ix_ratings_weeks", ratings.c.unit, ratings.c.completed_on, *_past)
Index("ix_ratings_ended", ratings.c.unit, ratings.c.completed_on, sqlite_where=ratings.c.ended.is_not(None))
Index(
    "ix_ratings_first",
    ratings.c.completion,
    unique=True,
    sqlite_where=ratings.c.supersedes.is_(None),
)

digests = Table(
    "digests",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("week", Text, primary_key=True),
    Column("as_of", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("body", Text, nullable=False, comment="the locked digest as JSON, printed ever after"),
)

# --- officials -------------------------------------------------------------------------------------------------------

officials = Table(
    "officials",
    metadata,
    Column("id", Text, primary_key=True, comment="short random name; what the audit names"),
    Column("chat", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("role", Text, nullable=False, comment="staff, head, province, readonly, auditor"),
    Column("since", Instant, nullable=False),
    Column("revoked_at", Instant),
)
Index("ix_officials_chat", officials.c.chat)

official_codes = Table(
    "official_codes",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False, comment="officials.id, or 'operator' for the command line"),
    Column("what", Text, nullable=False),
    Column("unit", Text),
    Column("detail", Text),
)

erasures = Table(
    "erasures",
    metadata,
    Column("who", Text, primary_key=True, comment="keyed hash of the chat"),
    Column("at", Instant, nullable=False, comment="older messages that come again are dropped"),
)

periodic = Table(
    "periodic",
    metadata,
    Column("name", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("done_at", Instant, nullable=False),
)
