"""when people look back together: of the invitation, no longer of the fact block"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("briefing", sa.Column("meets_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        UPDATE briefing SET meets_at = COALESCE(promised_at, (
            SELECT next_update_at FROM fact_block WHERE fact_block.event_id = briefing.event_id
        )), promised_at = NULL
        WHERE kind = 'terugblik'
        """
    )
    # A meeting is no next update; the next draft promises the next usual moment.
    op.execute(
        """
        UPDATE fact_block SET next_update_at = edited_at
        WHERE EXISTS (
            SELECT 1 FROM briefing
            WHERE briefing.event_id = fact_block.event_id
            AND briefing.meets_at = fact_block.next_update_at
        )
        """
    )
