"""a link under an answer of an exercise"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    with op.batch_alter_table("answer_link", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_exercise", sa.Boolean(), nullable=False, server_default=sa.false())
        )
