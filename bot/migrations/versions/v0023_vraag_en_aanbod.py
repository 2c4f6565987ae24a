"""vraag en aanbod, and contacts between domains"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "contact_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("from_domain", sa.String(length=40), nullable=False),
        sa.Column("to_domain", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_count")),
        sa.UniqueConstraint(
            "week", "from_domain", "to_domain", "way", "is_exercise",
            name=op.f("uq_contact_count_week_from_domain_to_domain_way_is_exercise"),
        ),
    )  # fmt: skip
    with op.batch_alter_table("contact_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_count_week"), ["week"], unique=False)

    op.create_table(
        "help_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("text_sealed", sa.String(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_help_entry_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_entry")),
        sa.UniqueConstraint("once", name=op.f("uq_help_entry_once")),
    )  # fmt: skip
    with op.batch_alter_table("help_entry", schema=None) as batch_op:
        for column in ("event_id", "expires_at", "organisation_id", "person_id", "status"):
            batch_op.create_index(batch_op.f(f"ix_help_entry_{column}"), [column], unique=False)

    op.create_table(
        "help_match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["help_entry.id"], name=op.f("fk_help_match_entry_id_help_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_help_match_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_match")),
        sa.UniqueConstraint("entry_id", "person_id", name=op.f("uq_help_match_entry_id_person_id")),
    )  # fmt: skip
    with op.batch_alter_table("help_match", schema=None) as batch_op:
        for column in ("entry_id", "organisation_id", "person_id"):
            batch_op.create_index(batch_op.f(f"ix_help_match_{column}"), [column], unique=False)
