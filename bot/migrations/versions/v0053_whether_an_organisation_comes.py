"""whether an organisation comes to an overleg"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "overleg_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("overleg_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("reply", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"],
            name=op.f("fk_overleg_reply_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["overleg_id"], ["overleg.id"], name=op.f("fk_overleg_reply_overleg_id_overleg")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overleg_reply")),
        sa.UniqueConstraint(
            "overleg_id", "organisation_id", name=op.f("uq_overleg_reply_overleg_id_organisation_id")
        ),
    )  # fmt: skip
    with op.batch_alter_table("overleg_reply", schema=None) as batch_op:
        for column in ("organisation_id", "overleg_id"):
            batch_op.create_index(batch_op.f(f"ix_overleg_reply_{column}"), [column], unique=False)
    with op.batch_alter_table("overleg", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminded_for", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reminder_id", sa.Integer(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            sa.text(
                "CREATE TRIGGER overleg_reply_knows_who_joined BEFORE INSERT ON overleg_reply "
                "FOR EACH ROW WHEN (NEW.organisation_id IS NOT NULL) "
                "EXECUTE FUNCTION knows_who_joined()"
            )
        )
