"""indexes of the few: deliveries that are edits, went elsewhere or must be told, messages halted"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

COLUMNS = ("edits_delivery_id", "fallback_of_id", "untold")


def upgrade() -> None:
    """Bring the tables to this version."""
    for column in COLUMNS:
        op.drop_index(f"ix_delivery_{column}", table_name="delivery")
        is_one = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_delivery_{column}", "delivery", [column], unique=False,
            sqlite_where=is_one, postgresql_where=is_one,
        )  # fmt: skip
    halted = sa.text("status = 'halted'")
    op.create_index(
        "ix_message_halted", "message", ["status"], unique=False,
        sqlite_where=halted, postgresql_where=halted,
    )  # fmt: skip
