"""which chats are one person's, and the one-time codes that join them

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False, comment="random; the same for all chats of one person"),
        sa.Column("since", sa.BigInteger(), nullable=False, comment="news of dossiers go to the person's newest chat"),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_people")),
    )
    op.create_index("ix_people_person", "people", ["person"], unique=False)
    op.create_table(
        "join_codes",
        sa.Column("hash", sa.Text(), nullable=False, comment="keyed hash of the code that the citizen carries over"),
        sa.Column("chat", sa.Text(), nullable=False, comment="where it was asked for"),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_join_codes")),
    )
    op.create_index("ix_join_codes_chat", "join_codes", ["chat"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_join_codes_chat", table_name="join_codes")
    op.drop_table("join_codes")
    op.drop_index("ix_people_person", table_name="people")
    op.drop_table("people")
