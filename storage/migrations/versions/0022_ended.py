"""dossiers that ended without a result are ends of their own: refused, withdrawn, stopped

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WEEKS = ["unit", "completed_on", "at", "stars", "field", "supersedes"]
MIX = ["field", "unit", "completed_at"]
ENDED = sa.text("ended IS NOT NULL")
# what ended before this version was never asked about: not eligible
BEFORE = """
    INSERT INTO completions
        (dossier, n, ended, completed_at, eligible, demo, unit, procedure, field, received_at, due_at)
    SELECT code, completions + 1, status, moved_at, false, demo, unit, procedure, field, received_at, due_at
    FROM dossiers WHERE status IN (3, 7, 8)
"""
COUNTED = "UPDATE dossiers SET completions = completions + 1 WHERE status IN (3, 7, 8)"
HANDED_OVER = """
    UPDATE dossiers SET completions = COALESCE(
        (SELECT MAX(n) FROM completions WHERE dossier = dossiers.code AND ended IS NULL), 0
    )
"""


def upgrade() -> None:
    _say_of_n("the n-th time the dossier ended")
    of_completions = "the status it ended in without a result; NULL: handed over"
    of_ratings = "of its completion: ended without a result, a stratum of its own"
    op.add_column("completions", sa.Column("ended", sa.SmallInteger(), nullable=True, comment=of_completions))
    op.add_column("ratings", sa.Column("ended", sa.SmallInteger(), nullable=True, comment=of_ratings))
    op.drop_index("ix_completions_mix", table_name="completions")
    op.create_index("ix_completions_mix", "completions", [*MIX, "ended"], unique=False)
    op.create_index(
        "ix_completions_ended", "completions", ["unit", "completed_at"], sqlite_where=ENDED, postgresql_where=ENDED
    )
    op.drop_index("ix_ratings_weeks", table_name="ratings")
    op.create_index("ix_ratings_weeks", "ratings", [*WEEKS, "ended"], unique=False)
    op.create_index("ix_ratings_ended", "ratings", ["unit", "completed_on"], sqlite_where=ENDED, postgresql_where=ENDED)
    op.execute(BEFORE)
    op.execute(COUNTED)


def _say_of_n(what: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        op.alter_column("completions", "n", existing_type=sa.Integer(), existing_nullable=False, comment=what)


def downgrade() -> None:
    _say_of_n("the n-th time the dossier entered status 10")
    op.execute("DELETE FROM ratings WHERE ended IS NOT NULL")
    op.execute("DELETE FROM completions WHERE ended IS NOT NULL")
    op.execute(HANDED_OVER)
    op.drop_index("ix_ratings_ended", table_name="ratings")
    op.drop_index("ix_ratings_weeks", table_name="ratings")
    op.create_index("ix_ratings_weeks", "ratings", WEEKS, unique=False)
    op.drop_index("ix_completions_ended", table_name="completions")
    op.drop_index("ix_completions_mix", table_name="completions")
    op.create_index("ix_completions_mix", "completions", MIX, unique=False)
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_column("ended")
    with op.batch_alter_table("completions", schema=None) as batch_op:
        batch_op.drop_column("ended")
