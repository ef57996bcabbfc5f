"""where a dossier lay when its day passed, and whether a reason was written by then

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("completions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("late_at", sa.Text(), nullable=True, comment="the agency that held it when its day passed")
        )
        batch_op.add_column(
            sa.Column(
                "told_late",
                sa.Boolean(),
                nullable=False,
                server_default=sa.text("false"),
                comment="a reason was written by then",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("completions", schema=None) as batch_op:
        batch_op.drop_column("told_late")
        batch_op.drop_column("late_at")
