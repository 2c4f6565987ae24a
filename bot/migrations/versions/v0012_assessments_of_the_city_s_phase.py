"""assessments of the city's phase"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(length=2), nullable=False),
        sa.Column("proposed", sa.String(length=2), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("other_view", sa.String(length=300), nullable=True),
        sa.Column("ask_also", sa.String(length=300), nullable=True),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_event_id"), ["event_id"], unique=False)

    op.create_table(
        "phase_prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(length=2), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_prompt")),
    )
    with op.batch_alter_table("phase_prompt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phase_prompt_event_id"), ["event_id"], unique=False)
