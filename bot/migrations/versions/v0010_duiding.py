"""duiding"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "signal_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("reliability", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("text_sealed", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signal.id"], name=op.f("fk_signal_reading_signal_id_signal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_reading")),
        sa.UniqueConstraint(
            "signal_id", "person_id", name=op.f("uq_signal_reading_signal_id_person_id")
        ),
    )
    with op.batch_alter_table("signal_reading", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_signal_reading_signal_id"), ["signal_id"], unique=False
        )

    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("has_case_seat", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reliability", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("established_severity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("action_sealed", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("action_before", sa.DateTime(timezone=True), nullable=True))
