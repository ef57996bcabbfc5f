"""first schema

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False, comment="officials.id, or 'operator' for the command line"),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "bindings",
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("proved_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False, comment="30 minutes after a proof, 90 days when followed"),
        sa.Column("following_since", sa.BigInteger(), nullable=True, comment="NULL: proved, not followed"),
        sa.Column("name", sa.Text(), nullable=True, comment="short neutral name shown in notices"),
        sa.PrimaryKeyConstraint("chat", "dossier", name=op.f("pk_bindings")),
    )
    with op.batch_alter_table("bindings", schema=None) as batch_op:
        batch_op.create_index("ix_bindings_dossier", ["dossier"], unique=False)

    op.create_table(
        "completions",
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False, comment="the n-th time the dossier entered status 10"),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=False),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("invited_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("declined_at", sa.BigInteger(), nullable=True),
        sa.Column("not_received_at", sa.BigInteger(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("dossier", "n", name=op.f("pk_completions")),
    )
    with op.batch_alter_table("completions", schema=None) as batch_op:
        batch_op.create_index("ix_completions_unit_completed_at", ["unit", "completed_at"], unique=False)

    op.create_table(
        "consents",
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False, comment="of the text that was shown"),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "purpose", "at", name=op.f("pk_consents")),
    )
    op.create_table(
        "conversation",
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment='JSON {"v": 1, "name": …}'),
        sa.Column(
            "offered",
            sa.Text(),
            nullable=False,
            comment="JSON [[label, says, key], …] of the newest message with choices",
        ),
        sa.Column("topic", sa.Text(), nullable=True, comment="JSON: the procedure or dossier last spoken of"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="the newest outbox seq of the chat"),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_conversation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "digests",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="the locked digest as JSON, printed ever after"),
        sa.PrimaryKeyConstraint("unit", "week", name=op.f("pk_digests")),
    )
    op.create_table(
        "dossiers",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False, comment="DonViXuLy, else MOTCUA_UNIT"),
        sa.Column("procedure", sa.Text(), nullable=True),
        sa.Column("procedure_name", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=False, comment="national 1 … 10; 0 unknown"),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True, comment="NgayTra of the latest completion"),
        sa.Column(
            "moved_at", sa.BigInteger(), nullable=False, comment="own time of the newest row: older ones change nothing"
        ),
        sa.Column("completions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True, comment="keyed hash of the last four digits; NULL proves nothing"),
        sa.Column("details", sa.Text(), nullable=False, comment="JSON: supplements, agency at work, fee due, reason"),
        sa.Column("seen_at", sa.BigInteger(), nullable=False, comment="when the backend said so"),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_dossiers")),
    )
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.create_index("ix_dossiers_unit_status", ["unit", "status"], unique=False)

    op.create_table(
        "erasures",
        sa.Column("who", sa.Text(), nullable=False, comment="keyed hash of the chat"),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="older messages that come again are dropped"),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_erasures")),
    )
    op.create_table(
        "inbox",
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="order of arrival, unique; the id in log lines"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True, comment="masked; NULL once answered"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="open, answered, rejected, expired, dead"),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True, comment="events: when it is due"),
        sa.Column(
            "deferred",
            sa.Boolean(),
            server_default=sa.text("(false)"),
            nullable=False,
            comment="waits for the chat to be idle",
        ),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("chat", "event", name=op.f("pk_inbox")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_open",
            ["seq"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "misses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=True, comment="keyed hash of the chat; NULL after a day"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misses")),
    )
    with op.batch_alter_table("misses", schema=None) as batch_op:
        batch_op.create_index("ix_misses_dossier", ["dossier"], unique=False)
        batch_op.create_index("ix_misses_who_at", ["who", "at"], unique=False)

    op.create_table(
        "movements",
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False, comment="False: older than what was already told"),
        sa.PrimaryKeyConstraint("dossier", "at", "status", name=op.f("pk_movements")),
    )
    op.create_table(
        "official_codes",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_official_codes")),
    )
    op.create_table(
        "officials",
        sa.Column("id", sa.Text(), nullable=False, comment="short random name; what the audit names"),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="staff, head, province, readonly, auditor"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officials")),
    )
    with op.batch_alter_table("officials", schema=None) as batch_op:
        batch_op.create_index("ix_officials_chat", ["chat"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="grows with time within the chat, never reused"),
        sa.Column("event", sa.Text(), nullable=False, comment="the inbox event it answers"),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column(
            "body",
            sa.Text(),
            nullable=True,
            comment="JSON {text, choices, attachment}; NULL once sent (web: after 30 days)",
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="open, sent, refused, expired, dead"),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "vanishes",
            sa.Boolean(),
            server_default=sa.text("(false)"),
            nullable=False,
            comment="the row goes once sent",
        ),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("chat", "seq", name=op.f("pk_outbox")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_open",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_outbox_vanishing",
            ["chat"],
            unique=False,
            sqlite_where=sa.text("vanishes"),
            postgresql_where=sa.text("vanishes"),
        )

    op.create_table(
        "periodic",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "slot", name=op.f("pk_periodic")),
    )
    op.create_table(
        "ratings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("completion", sa.Text(), nullable=False, comment="keyed hash of (dossier, n)"),
        sa.Column("rater", sa.Text(), nullable=True, comment="keyed hash of the chat; NULL after erasure"),
        sa.Column(
            "supersedes",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the row this one replaces; append-only",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column(
            "first_at",
            sa.BigInteger(),
            nullable=False,
            comment="of the first row of this answer: changeable for 24 h from here",
        ),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False, comment="JSON list of chip codes"),
        sa.Column("comment", sa.Text(), nullable=True, comment="masked; NULL after erasure"),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column(
            "completed_on",
            sa.Text(),
            nullable=False,
            comment="Vietnam's date, no time: a row cannot be matched to a dossier",
        ),
        sa.Column("mode", sa.Text(), nullable=False, comment="bot, slip, link, phone, kiosk"),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("completion", "supersedes", name=op.f("uq_ratings_completion_supersedes")),
    )
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ratings_first",
            ["completion"],
            unique=True,
            sqlite_where=sa.text("supersedes IS NULL"),
            postgresql_where=sa.text("supersedes IS NULL"),
        )
        batch_op.create_index("ix_ratings_unit_completed_on", ["unit", "completed_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_index("ix_ratings_unit_completed_on")
        batch_op.drop_index(
            "ix_ratings_first",
            sqlite_where=sa.text("supersedes IS NULL"),
            postgresql_where=sa.text("supersedes IS NULL"),
        )

    op.drop_table("ratings")
    op.drop_table("periodic")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )

    op.drop_table("outbox")
    with op.batch_alter_table("officials", schema=None) as batch_op:
        batch_op.drop_index("ix_officials_chat")

    op.drop_table("officials")
    op.drop_table("official_codes")
    op.drop_table("movements")
    with op.batch_alter_table("misses", schema=None) as batch_op:
        batch_op.drop_index("ix_misses_who_at")
        batch_op.drop_index("ix_misses_dossier")

    op.drop_table("misses")
    op.drop_table("meta")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_inbox_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )

    op.drop_table("inbox")
    op.drop_table("erasures")
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.drop_index("ix_dossiers_unit_status")

    op.drop_table("dossiers")
    op.drop_table("digests")
    op.drop_table("conversation")
    op.drop_table("consents")
    with op.batch_alter_table("completions", schema=None) as batch_op:
        batch_op.drop_index("ix_completions_unit_completed_at")

    op.drop_table("completions")
    with op.batch_alter_table("bindings", schema=None) as batch_op:
        batch_op.drop_index("ix_bindings_dossier")

    op.drop_table("bindings")
    op.drop_table("audit")
