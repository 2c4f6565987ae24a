"""who lowered the severity"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    # No batch: that would make the table anew, without its trigger (0021).
    op.add_column("event", sa.Column("lowered_from", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("lowered_by", sa.Integer(), nullable=True))
