"""sources that left the configuration"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column(
        "source",
        sa.Column("kept_by", sa.String(length=40), nullable=False, server_default="people"),
    )
    # Whoever added one is in the journal. Of the rest the next start says whether it is still
    # configured.
    op.execute(
        """
        UPDATE source SET kept_by = 'config'
        WHERE scene IS NULL AND url <> '' AND NOT EXISTS (
            SELECT 1 FROM journal_entry
            WHERE action = 'source_added' AND subject = 'source:' || source.id
        )
        """
    )
