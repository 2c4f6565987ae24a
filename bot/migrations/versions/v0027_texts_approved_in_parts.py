"""texts approved in parts, and rules set aside with a reason"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("briefing", sa.Column("audiences", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("briefing", sa.Column("exceptions", sa.JSON(none_as_null=True), nullable=True))
