"""grip entered by hand"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    # No batch: that would make the table anew, without its trigger (0021).
    op.add_column("event", sa.Column("grip", sa.Integer(), server_default="0", nullable=False))
    op.add_column("event", sa.Column("grip_by", sa.Integer(), nullable=True))
