"""new days for overdue dossiers, drafted and confirmed by officials

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "extensions",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="what the choice that confirms it says",
        ),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "due_at",
            sa.BigInteger(),
            nullable=False,
            comment="the due instant that it is about: another one overrules it",
        ),
        sa.Column("day", sa.Text(), nullable=False, comment="ISO date of the new day"),
        sa.Column("reason", sa.Text(), nullable=True, comment="as the official wrote it; NULL: not written"),
        sa.Column("drafted_by", sa.Text(), nullable=False, comment="officials.id"),
        sa.Column("drafted_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True, comment="officials.id; NULL: a draft, told to nobody"),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_extensions")),
    )
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.create_index("ix_extensions_dossier", ["dossier"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.drop_index("ix_extensions_dossier")
    op.drop_table("extensions")
