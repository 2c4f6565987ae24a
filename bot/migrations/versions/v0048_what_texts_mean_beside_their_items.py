"""what texts mean beside their items"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "item_meaning",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=60), nullable=False),
        sa.Column("text_digest", sa.String(length=32), nullable=False),
        sa.Column("direction", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_meaning_item_id_item")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_meaning")),
    )
