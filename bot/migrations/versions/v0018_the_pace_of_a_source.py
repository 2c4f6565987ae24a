"""the pace of a source"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.add_column(sa.Column("poll_s", sa.Integer(), server_default="300", nullable=False))
        batch_op.add_column(sa.Column("hint_s", sa.Integer(), server_default="0", nullable=False))
