"""groups that members form"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "peer_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("name_sealed", sa.String(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_group")),
        sa.UniqueConstraint("once", name=op.f("uq_peer_group_once")),
    )
    with op.batch_alter_table("peer_group", schema=None) as batch_op:
        for column in ("event_id", "status"):
            batch_op.create_index(batch_op.f(f"ix_peer_group_{column}"), [column], unique=False)
    op.create_table(
        "peer_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["peer_group.id"], name=op.f("fk_peer_seat_group_id_peer_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_peer_seat_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_seat")),
        sa.UniqueConstraint("group_id", "person_id", name=op.f("uq_peer_seat_group_id_person_id")),
    )  # fmt: skip
    with op.batch_alter_table("peer_seat", schema=None) as batch_op:
        for column in ("group_id", "person_id", "status"):
            batch_op.create_index(batch_op.f(f"ix_peer_seat_{column}"), [column], unique=False)
