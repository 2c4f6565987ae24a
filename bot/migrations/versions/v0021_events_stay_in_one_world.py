"""events stay in one world"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

#: as they were at this version
TRIGGERS = {
    "sqlite": (
        (
            "CREATE TRIGGER event_stays_in_one_world BEFORE UPDATE OF is_exercise ON event "
            "WHEN OLD.is_exercise IS NOT NEW.is_exercise "
            "BEGIN SELECT RAISE(ABORT, 'an event cannot change worlds'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION event_stays_in_one_world() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE integrity_constraint_violation USING "
            "MESSAGE = 'an event cannot change worlds'; END $$"
        ),
        (
            "CREATE TRIGGER event_stays_in_one_world BEFORE UPDATE OF is_exercise ON event "
            "FOR EACH ROW WHEN (OLD.is_exercise IS DISTINCT FROM NEW.is_exercise) "
            "EXECUTE FUNCTION event_stays_in_one_world()"
        ),
    ),
}


def upgrade() -> None:
    """Bring the tables to this version."""
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))
