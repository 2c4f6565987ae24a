"""what an organisation was called before"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


#: as they were at this version
TRIGGERS = (
    (
        "CREATE OR REPLACE FUNCTION knows_who_joined() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE part_of integer; "
        "BEGIN "
        "PERFORM pg_advisory_xact_lock_shared(7305001); "
        "IF NOT EXISTS (SELECT FROM organisation WHERE id = NEW.organisation_id) THEN "
        "SELECT organisation_id INTO part_of FROM former_name "
        "WHERE former_id = NEW.organisation_id ORDER BY id DESC LIMIT 1; "
        "NEW.organisation_id := COALESCE(part_of, NEW.organisation_id); "
        "END IF; "
        "RETURN NEW; END $$"
    ),
    (
        "CREATE TRIGGER delivery_knows_who_joined BEFORE INSERT ON delivery FOR EACH ROW "
        "WHEN (NEW.organisation_id IS NOT NULL) EXECUTE FUNCTION knows_who_joined()"
    ),
    (
        "CREATE TRIGGER acknowledgement_knows_who_joined BEFORE INSERT ON acknowledgement "
        "FOR EACH ROW "
        "WHEN (NEW.organisation_id IS NOT NULL) EXECUTE FUNCTION knows_who_joined()"
    ),
)


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "former_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("former_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_former_name_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
        sa.UniqueConstraint(
            "organisation_id", "name", name=op.f("uq_former_name_organisation_id_name")
        ),
    )
    with op.batch_alter_table("former_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_name_former_id"), ["former_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_former_name_name"), ["name"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_former_name_organisation_id"), ["organisation_id"], unique=False
        )

    if op.get_bind().dialect.name == "postgresql":
        for statement in TRIGGERS:
            op.execute(statement)
