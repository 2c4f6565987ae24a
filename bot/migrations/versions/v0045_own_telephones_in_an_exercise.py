"""own telephones in an exercise"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "exercise_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exercise_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["exercise_id"], ["exercise.id"], name=op.f("fk_exercise_seat_exercise_id_exercise")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_exercise_seat_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["player_id"], ["person.id"], name=op.f("fk_exercise_seat_player_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercise_seat")),
        sa.UniqueConstraint(
            "exercise_id", "person_id", name=op.f("uq_exercise_seat_exercise_id_person_id")
        ),
    )
    with op.batch_alter_table("exercise_seat", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_exercise_seat_exercise_id"), ["exercise_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_exercise_seat_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exercise_seat_player_id"), ["player_id"], unique=False)

    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_channel_kind_address"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_channel_kind_address_is_exercise"), ["kind", "address", "is_exercise"]
        )

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_exercise", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
