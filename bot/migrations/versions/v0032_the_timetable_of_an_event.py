"""the timetable of an event"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("briefing", sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "step_tick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("is_needed", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_step_tick_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_tick")),
        sa.UniqueConstraint("event_id", "step", name=op.f("uq_step_tick_event_id_step")),
    )
    with op.batch_alter_table("step_tick", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_tick_event_id"), ["event_id"], unique=False)
    op.create_table(
        "first_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_first_call_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_first_call_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_call")),
        sa.UniqueConstraint(
            "event_id", "organisation_id", name=op.f("uq_first_call_event_id_organisation_id")
        ),
    )
    with op.batch_alter_table("first_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_first_call_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_first_call_organisation_id"), ["organisation_id"], unique=False
        )
    op.create_table(
        "step_told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_step_told_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_told")),
        sa.UniqueConstraint(
            "event_id", "step", "due_at", "stage",
            name=op.f("uq_step_told_event_id_step_due_at_stage"),
        ),
    )  # fmt: skip
    with op.batch_alter_table("step_told", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_told_event_id"), ["event_id"], unique=False)
