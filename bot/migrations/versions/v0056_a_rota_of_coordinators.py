"""a rota of coordinators"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "rota_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=280), nullable=True),
        sa.Column("offered_to_id", sa.Integer(), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("untaken_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unfit_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gap_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["offered_to_id"], ["person.id"], name=op.f("fk_rota_turn_offered_to_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_rota_turn_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_turn")),
    )
    with op.batch_alter_table("rota_turn", schema=None) as batch_op:
        for column in ("ends_at", "person_id", "starts_at"):
            batch_op.create_index(batch_op.f(f"ix_rota_turn_{column}"), [column], unique=False)
