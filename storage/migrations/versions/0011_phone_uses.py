"""at how many dossiers a phone stands

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone_uses",
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False, comment="keyed hash of the whole number told last"),
        sa.Column("month", sa.Text(), nullable=False, comment="YYYY-MM of the reception"),
        sa.PrimaryKeyConstraint("dossier", name=op.f("pk_phone_uses")),
    )
    with op.batch_alter_table("phone_uses", schema=None) as batch_op:
        batch_op.create_index("ix_phone_uses_phone_month", ["phone", "month"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("phone_uses", schema=None) as batch_op:
        batch_op.drop_index("ix_phone_uses_phone_month")
    op.drop_table("phone_uses")
