"""wrong proofs are counted by the address that they come from

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sent_from = "keyed hash of the address it was sent from; NULL once answered"
    tried_from = "keyed hash of the address, where the channel sees one; NULL after a day"
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.Text(), nullable=True, comment=sent_from))
    with op.batch_alter_table("misses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.Text(), nullable=True, comment=tried_from))
        batch_op.create_index("ix_misses_origin_at", ["origin", "at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("misses", schema=None) as batch_op:
        batch_op.drop_index("ix_misses_origin_at")
        batch_op.drop_column("origin")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_column("origin")
