"""municipalities next door"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("organisation", sa.Column("municipality", sa.String(length=60), nullable=True))
    op.add_column(
        "event",
        sa.Column("with_neighbours", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
