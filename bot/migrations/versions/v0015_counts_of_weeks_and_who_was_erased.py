"""counts of weeks and who was erased"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "signal_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("signals", sa.Integer(), nullable=False),
        sa.Column("organisations", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_count")),
    )
    with op.batch_alter_table("signal_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signal_count_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signal_count_week"), ["week"], unique=False)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))

    # The answer is kept encrypted, which takes more room.
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.alter_column(
            "outcome_text", existing_type=sa.String(length=300), type_=sa.String()
        )
