"""whoever names an organisation waits for who joins it"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

#: delivery and acknowledgement have theirs since 0046
TABLES = (
    "access_link", "calendar_link", "call_item", "first_call", "help_entry", "help_match",
    "list_check", "overleg_presence", "person", "signal", "site", "succession",
)  # fmt: skip


def upgrade() -> None:
    """Bring the tables to this version."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(
            sa.text(
                f"CREATE TRIGGER {table}_knows_who_joined BEFORE INSERT ON {table} FOR EACH ROW "
                "WHEN (NEW.organisation_id IS NOT NULL) EXECUTE FUNCTION knows_who_joined()"
            )
        )
