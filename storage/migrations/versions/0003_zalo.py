"""contacts, token pair, templates and costs of Zalo

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column(
            "heard_at",
            sa.BigInteger(),
            nullable=True,
            comment="the citizen last wrote, tapped or followed: opens the window for writing",
        ),
        sa.Column(
            "quiet_until",
            sa.BigInteger(),
            nullable=True,
            comment="an official talks here: the machine is quiet",
        ),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_contacts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zalo_tokens",
        sa.Column("oa", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False, comment="sealed"),
        sa.Column("refresh", sa.Text(), nullable=False, comment="sealed; works once"),
        sa.Column("previous", sa.Text(), nullable=True, comment="sealed: the pair before, as refresh token"),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("renewed_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="good, renewing, uncertain, refused"),
        sa.Column("claimed_by", sa.Text(), nullable=True, comment="the process that is renewing"),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("seed", sa.Text(), nullable=True, comment="hash of the settings' pair that was taken over once"),
        sa.PrimaryKeyConstraint("oa", name=op.f("pk_zalo_tokens")),
    )
    op.create_table(
        "zalo_templates",
        sa.Column("message", sa.Text(), nullable=False, comment="Zalo's id of a template message"),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True, comment="the completion asked about; NULL: news of the dossier"),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_zalo_templates")),
    )
    with op.batch_alter_table("zalo_templates", schema=None) as batch_op:
        batch_op.create_index("ix_zalo_templates_chat", ["chat"], unique=False)
    op.create_table(
        "zalo_costs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="cs, template"),
        sa.Column("quota", sa.Text(), nullable=False, comment="Zalo's quota_type: reply, sub_quota, purchase_quota, …"),
        sa.Column("dong", sa.Integer(), nullable=False, comment="0 where it cost nothing"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zalo_costs")),
    )
    with op.batch_alter_table("zalo_costs", schema=None) as batch_op:
        batch_op.create_index("ix_zalo_costs_at", ["at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("zalo_costs", schema=None) as batch_op:
        batch_op.drop_index("ix_zalo_costs_at")
    op.drop_table("zalo_costs")
    with op.batch_alter_table("zalo_templates", schema=None) as batch_op:
        batch_op.drop_index("ix_zalo_templates_chat")
    op.drop_table("zalo_templates")
    op.drop_table("zalo_tokens")
    op.drop_table("contacts")
