"""when a grave signal was told"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("serious_told_at", sa.DateTime(timezone=True), nullable=True))
