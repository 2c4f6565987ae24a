"""deliveries are asked together, not row by row, who joined another organisation meanwhile"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

#: as they were at this version
STATEMENTS = (
    (
        "CREATE OR REPLACE FUNCTION waits_for_who_joins() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN PERFORM pg_advisory_xact_lock_shared(7305001); RETURN NULL; END $$"
    ),
    (
        "CREATE OR REPLACE FUNCTION rows_know_who_joined() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN "
        "IF EXISTS (SELECT FROM written WHERE organisation_id IS NOT NULL AND NOT EXISTS ("
        "SELECT FROM organisation WHERE id = written.organisation_id)) THEN "
        "UPDATE delivery SET organisation_id = ("
        "SELECT former_name.organisation_id FROM former_name "
        "WHERE former_id = delivery.organisation_id ORDER BY id DESC LIMIT 1) "
        "WHERE id IN (SELECT id FROM written) AND organisation_id IN ("
        "SELECT former_id FROM former_name WHERE former_id NOT IN (SELECT id FROM organisation)); "
        "END IF; "
        "RETURN NULL; END $$"
    ),
    "DROP TRIGGER delivery_knows_who_joined ON delivery",
    (
        "CREATE TRIGGER delivery_waits_for_who_joins BEFORE INSERT ON delivery "
        "FOR EACH STATEMENT EXECUTE FUNCTION waits_for_who_joins()"
    ),
    (
        "CREATE TRIGGER delivery_knows_who_joined AFTER INSERT ON delivery "
        "REFERENCING NEW TABLE AS written "
        "FOR EACH STATEMENT EXECUTE FUNCTION rows_know_who_joined()"
    ),
)


def upgrade() -> None:
    """Bring the tables to this version."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for statement in STATEMENTS:
        op.execute(sa.text(statement))
