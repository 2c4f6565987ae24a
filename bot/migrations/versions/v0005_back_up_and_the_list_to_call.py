"""back-up of an organisation and the list of people to call"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "call_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("briefing_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_call_item_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_call_item_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_item")),
    )
    with op.batch_alter_table("call_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_item_briefing_id"), ["briefing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_item_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_call_item_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_call_item_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_item_status"), ["status"], unique=False)

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(
            # Deliveries that are there already went to nobody's back-up.
            sa.Column("is_backup", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("backup_person_id", sa.Integer(), nullable=True))
