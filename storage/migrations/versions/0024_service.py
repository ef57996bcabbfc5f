"""how soon the machine answered, what was out of reach, and what calls back found are kept

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_days",
        sa.Column("unit", sa.Text(), nullable=False, comment="whose machine answered; empty: no unit is set"),
        sa.Column("day", sa.Text(), nullable=False, comment="Vietnam's date on which the messages came in"),
        sa.Column("messages", sa.Integer(), nullable=False, comment="answered, or given up"),
        sa.Column("soon", sa.Integer(), nullable=False, comment="answered within three seconds"),
        sa.Column("unanswered", sa.Integer(), nullable=False, comment="given up"),
        sa.PrimaryKeyConstraint("unit", "day", name=op.f("pk_service_days")),
    )
    op.create_table(
        "outages",
        sa.Column("what", sa.Text(), nullable=False, comment="a channel's name, onestop, motcua"),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False, comment="its end, or the last moment it is known of"),
        sa.PrimaryKeyConstraint("what", "began_at", name=op.f("pk_outages")),
    )
    op.create_index("ix_outages_ended_at", "outages", ["ended_at"], unique=False)
    op.create_table(
        "called_back",
        sa.Column("completion", sa.Text(), nullable=False, comment="keyed hash of (dossier, n), as in ratings"),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("called_on", sa.Text(), nullable=False, comment="Vietnam's date of the call"),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False, comment="the same band as the rating that was there"),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("completion", name=op.f("pk_called_back")),
    )
    op.create_index("ix_called_back_unit_called_on", "called_back", ["unit", "called_on"], unique=False)


def downgrade() -> None:
    op.drop_table("called_back")
    op.drop_table("outages")
    op.drop_table("service_days")
