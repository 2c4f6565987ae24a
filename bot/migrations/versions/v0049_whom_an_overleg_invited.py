"""whom an overleg invited"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "overleg_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("overleg_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_overleg_invitation_message_id_message")
        ),
        sa.ForeignKeyConstraint(
            ["overleg_id"], ["overleg.id"], name=op.f("fk_overleg_invitation_overleg_id_overleg")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overleg_invitation")),
        sa.UniqueConstraint("message_id", name=op.f("uq_overleg_invitation_message_id")),
    )
    with op.batch_alter_table("overleg_invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_overleg_invitation_overleg_id"), ["overleg_id"], unique=False
        )
