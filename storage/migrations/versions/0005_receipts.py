"""what the QR of a receipt opens; wrong proofs by their time

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipts",
        sa.Column("token", sa.Text(), nullable=False, comment="keyed hash of what stands in the QR of the receipt"),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False, comment="the n-th receipt of the dossier"),
        sa.Column("printed", sa.Text(), nullable=False, comment="the dossier's code as on the paper"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True, comment="opens nothing from then on"),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_receipts")),
        sa.UniqueConstraint("dossier", "serial", name=op.f("uq_receipts_dossier_serial")),
    )
    with op.batch_alter_table("misses", schema=None) as batch_op:
        batch_op.create_index("ix_misses_at", ["at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("misses", schema=None) as batch_op:
        batch_op.drop_index("ix_misses_at")
    op.drop_table("receipts")
