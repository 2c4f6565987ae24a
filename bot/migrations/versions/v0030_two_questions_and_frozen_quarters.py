"""two questions to readers, and quarters that are frozen"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "quarter_pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarter_pack")),
        sa.UniqueConstraint("quarter", name=op.f("uq_quarter_pack_quarter")),
    )
    op.create_table(
        "poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_poll_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
        sa.UniqueConstraint("event_id", name=op.f("uq_poll_event_id")),
    )
    op.create_table(
        "poll_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_poll_count_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_count")),
        sa.UniqueConstraint(
            "event_id",
            "question",
            "domain",
            "answer",
            name=op.f("uq_poll_count_event_id_question_domain_answer"),
        ),
    )
    with op.batch_alter_table("poll_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_count_event_id"), ["event_id"], unique=False)

    op.create_table(
        "poll_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_poll_use_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_use")),
        sa.UniqueConstraint(
            "event_id", "question", "ticket", name=op.f("uq_poll_use_event_id_question_ticket")
        ),
    )
    with op.batch_alter_table("poll_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_use_event_id"), ["event_id"], unique=False)

    op.create_table(
        "poll_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("words_sealed", sa.String(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_poll_word_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_word")),
    )
    with op.batch_alter_table("poll_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_word_event_id"), ["event_id"], unique=False)
