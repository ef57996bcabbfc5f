"""what a digest counts is counted where it is stored

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("completions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "counted",
                sa.SmallInteger(),
                nullable=True,
                comment="by the national rule (punctuality.STORED); NULL: by an earlier version",
            )
        )
        batch_op.create_index("ix_completions_mix", ["field", "unit", "completed_at"], unique=False)
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "soon",
                sa.Boolean(),
                nullable=False,
                server_default=sa.text("false"),
                comment="within 120 s of the handing over",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_column("soon")
    with op.batch_alter_table("completions", schema=None) as batch_op:
        batch_op.drop_index("ix_completions_mix")
        batch_op.drop_column("counted")
