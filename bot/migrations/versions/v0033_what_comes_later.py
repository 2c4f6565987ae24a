"""what comes later: a planned follow-up, in words of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("briefing", sa.Column("told_as", sa.String(length=10), nullable=True))
    op.create_table(
        "follow_up",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_follow_up_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_follow_up")),
    )
