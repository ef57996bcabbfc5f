"""the fitted history of each procedure at each unit

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "curves",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False, comment="its code as told"),
        sa.Column("fitted_on", sa.Text(), nullable=False, comment="Vietnam's date"),
        sa.Column("n", sa.Integer(), nullable=False, comment="dossiers, finished or not"),
        sa.Column("done", sa.Integer(), nullable=False, comment="of them finished"),
        sa.Column("steps", sa.Text(), nullable=False, comment="JSON [[working day, share that lasts longer], …]"),
        sa.PrimaryKeyConstraint("unit", "procedure", name=op.f("pk_curves")),
    )


def downgrade() -> None:
    op.drop_table("curves")
