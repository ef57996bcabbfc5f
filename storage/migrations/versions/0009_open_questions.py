"""questions that had no answer

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_questions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "words", sa.Text(), nullable=False, comment="known words of the question, without what could name a person"
        ),
        sa.Column("why", sa.Text(), nullable=False, comment="a refusal's code, asked_back, not_these"),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Text(), nullable=False, comment="Vietnam's date"),
        sa.Column("last_on", sa.Text(), nullable=False, comment="Vietnam's date"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_questions")),
        sa.UniqueConstraint("unit", "words", name=op.f("uq_open_questions_unit_words")),
    )


def downgrade() -> None:
    op.drop_table("open_questions")
