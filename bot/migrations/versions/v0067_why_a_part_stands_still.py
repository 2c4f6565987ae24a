"""why a part stands still"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("heartbeat", sa.Column("trouble", sa.String(length=20), nullable=True))
