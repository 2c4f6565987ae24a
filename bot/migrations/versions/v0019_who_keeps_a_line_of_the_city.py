"""who keeps a line of the city"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "city_line_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("is_wrong", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_city_line_state_owner_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_line_state")),
        sa.UniqueConstraint("label", name=op.f("uq_city_line_state_label")),
    )
    with op.batch_alter_table("city_line_state", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_city_line_state_owner_id"), ["owner_id"], unique=False)
