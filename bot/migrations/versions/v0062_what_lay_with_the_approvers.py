"""what lay with the approvers"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "asked_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("plain", sa.String(), nullable=False),
        sa.Column("telegram", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_asked_text_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_text")),
        sa.UniqueConstraint("event_id", "audience", name=op.f("uq_asked_text_event_id_audience")),
    )
    with op.batch_alter_table("asked_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asked_text_event_id"), ["event_id"], unique=False)
