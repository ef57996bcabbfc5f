"""which linked dossier a part told by its own code belongs to

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parts",
        sa.Column("code", sa.Text(), nullable=False, comment="a part's own code"),
        sa.Column("dossier", sa.Text(), nullable=False, comment="the linked dossier that it is a part of"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_parts")),
    )


def downgrade() -> None:
    op.drop_table("parts")
