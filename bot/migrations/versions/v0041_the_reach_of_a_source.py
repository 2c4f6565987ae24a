"""the reach of a source"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column(
        "source",
        sa.Column("reach", sa.String(length=40), nullable=False, server_default="gewoon"),
    )
