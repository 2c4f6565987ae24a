"""quick questions before an extra overleg"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "quick_poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_quick_poll_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quick_poll")),
        sa.UniqueConstraint("event_id", name=op.f("uq_quick_poll_event_id")),
    )
    with op.batch_alter_table("poll_word", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("question", sa.String(length=40), nullable=False, server_default="woorden")
        )
