"""where sources move, and their rhythm"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.add_column(sa.Column("silent_told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("dwindling_told_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("moved_to", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("moved_told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("moved_from", sa.String(length=500), nullable=True))
