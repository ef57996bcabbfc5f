"""how often papers were asked for again, and what desks did about it

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("completions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "asked",
                sa.SmallInteger(),
                nullable=True,
                comment="how often more papers were asked for; NULL: by an earlier version",
            )
        )
    op.create_table(
        "actions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Text(), nullable=False, comment="Vietnam's date"),
        sa.Column("words", sa.Text(), nullable=False, comment="what was done, without names"),
        sa.Column("noted_by", sa.Text(), nullable=False, comment="officials.id"),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index("ix_actions_unit_done_on", ["unit", "done_on"], unique=False)


def downgrade() -> None:
    op.drop_table("actions")
    with op.batch_alter_table("completions", schema=None) as batch_op:
        batch_op.drop_column("asked")
