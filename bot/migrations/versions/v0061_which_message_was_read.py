"""which message was read"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    with op.batch_alter_table("acknowledgement", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("message_id", sa.Integer(), nullable=False, server_default="0")
        )
    op.execute(
        """
        UPDATE acknowledgement SET message_id = (
            SELECT message_id FROM delivery WHERE delivery.id = acknowledgement.delivery_id
        )
        """
    )
    with op.batch_alter_table("acknowledgement", schema=None) as batch_op:
        batch_op.alter_column("message_id", server_default=None)
        batch_op.create_index(
            "ix_acknowledgement_message", ["message_id", "kind", "at", "delivery_id"], unique=False
        )
