"""what a desk hides, and the values it puts in the place of national ones

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hidden_facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("facet", sa.Text(), nullable=False, comment="a facet's value; 'all': the whole answer"),
        sa.Column("hidden_by", sa.Text(), nullable=False, comment="officials.id"),
        sa.Column("hidden_at", sa.BigInteger(), nullable=False),
        sa.Column("shown_by", sa.Text(), nullable=True, comment="officials.id; NULL while hidden"),
        sa.Column("shown_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hidden_facts")),
    )
    with op.batch_alter_table("hidden_facts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_hidden_facts_now",
            ["unit", "procedure", "facet"],
            unique=True,
            sqlite_where=sa.text("shown_at IS NULL"),
            postgresql_where=sa.text("shown_at IS NULL"),
        )

    op.create_table(
        "local_facts",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="what officials type to confirm it",
        ),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False, comment="fee, time, where, note"),
        sa.Column("value", sa.Text(), nullable=False, comment="JSON: a text, or a list of lines"),
        sa.Column(
            "replaces", sa.Text(), nullable=True, comment="JSON: the one line it replaces; NULL: all of the fact"
        ),
        sa.Column("document", sa.Text(), nullable=False, comment="number of the paper it stands on"),
        sa.Column("issued_on", sa.Text(), nullable=False, comment="ISO date of that paper"),
        sa.Column("issued_by", sa.Text(), nullable=True),
        sa.Column("since", sa.Text(), nullable=True, comment="ISO date of the first day it holds"),
        sa.Column("state", sa.Text(), nullable=False, comment="proposed, confirmed, refused"),
        sa.Column("proposed_by", sa.Text(), nullable=False, comment="officials.id"),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True, comment="officials.id, another person than proposed_by"),
        sa.Column("refused_by", sa.Text(), nullable=True, comment="officials.id"),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_local_facts")),
    )
    with op.batch_alter_table("local_facts", schema=None) as batch_op:
        batch_op.create_index("ix_local_facts_unit_state", ["unit", "state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("local_facts", schema=None) as batch_op:
        batch_op.drop_index("ix_local_facts_unit_state")

    op.drop_table("local_facts")
    with op.batch_alter_table("hidden_facts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_hidden_facts_now",
            sqlite_where=sa.text("shown_at IS NULL"),
            postgresql_where=sa.text("shown_at IS NULL"),
        )

    op.drop_table("hidden_facts")
