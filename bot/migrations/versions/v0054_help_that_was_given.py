"""help that was given, and counts that stay"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "help_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_count")),
        sa.UniqueConstraint(
            "event_id", "week", "domain", "step", "is_exercise",
            name=op.f("uq_help_count_event_id_week_domain_step_is_exercise"),
        ),
    )  # fmt: skip
    with op.batch_alter_table("help_count", schema=None) as batch_op:
        for column in ("event_id", "week"):
            batch_op.create_index(batch_op.f(f"ix_help_count_{column}"), [column], unique=False)
    with op.batch_alter_table("help_match", schema=None) as batch_op:
        batch_op.add_column(sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
