"""slips with which a completion is rated by who holds the paper

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slips",
        sa.Column("token", sa.Text(), nullable=False, comment="keyed hash of what stands in the QR"),
        sa.Column("link", sa.Text(), nullable=False, comment="keyed hash of what stands in the link"),
        sa.Column("typed", sa.Text(), nullable=False, comment="keyed hash of the eight characters"),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column(
            "n", sa.Integer(), nullable=False, comment="of the completion that it rates, perhaps one still to come"
        ),
        sa.Column("serial", sa.Integer(), nullable=False, comment="the n-th slip of the completion"),
        sa.Column(
            "rates",
            sa.Text(),
            nullable=False,
            comment="keyed hash of the hash that the rating holds: no join without key",
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True, comment="opens nothing from then on"),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_slips")),
        sa.UniqueConstraint("dossier", "n", "serial", name=op.f("uq_slips_dossier_n_serial")),
        sa.UniqueConstraint("link", name=op.f("uq_slips_link")),
        sa.UniqueConstraint("typed", name=op.f("uq_slips_typed")),
    )
    with op.batch_alter_table("slips", schema=None) as batch_op:
        batch_op.create_index("ix_slips_made_at", ["made_at"], unique=False)
        batch_op.create_index("ix_slips_rates", ["rates"], unique=False)


def downgrade() -> None:
    op.drop_table("slips")
