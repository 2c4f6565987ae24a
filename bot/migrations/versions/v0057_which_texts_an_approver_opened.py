"""which texts an approver opened"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "text_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_text_opening_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_text_opening_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_opening")),
        sa.UniqueConstraint(
            "event_id", "person_id", "audience",
            name=op.f("uq_text_opening_event_id_person_id_audience"),
        ),
    )  # fmt: skip
    with op.batch_alter_table("text_opening", schema=None) as batch_op:
        for column in ("event_id", "person_id"):
            batch_op.create_index(batch_op.f(f"ix_text_opening_{column}"), [column], unique=False)
