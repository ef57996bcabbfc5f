"""a unit's past weeks are read from an index alone

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

READ = ["unit", "completed_on", "at", "stars", "field", "supersedes"]


def upgrade() -> None:
    op.drop_index("ix_ratings_unit_completed_on", table_name="ratings")
    op.create_index("ix_ratings_weeks", "ratings", READ, unique=False)


def downgrade() -> None:
    op.drop_index("ix_ratings_weeks", table_name="ratings")
    op.create_index("ix_ratings_unit_completed_on", "ratings", ["unit", "completed_on"], unique=False)
