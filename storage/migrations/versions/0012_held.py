"""comments that may hold an accusation are never for the unit itself

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "held",
                sa.Boolean(),
                nullable=False,
                server_default=sa.text("false"),
                comment="the comment may hold an accusation: never for the unit itself",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_column("held")
