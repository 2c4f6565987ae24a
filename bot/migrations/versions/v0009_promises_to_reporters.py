"""promises to reporters"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("read_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("unread_told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("interim_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("interim_sent_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("backup_told_at", sa.DateTime(timezone=True), nullable=True))
