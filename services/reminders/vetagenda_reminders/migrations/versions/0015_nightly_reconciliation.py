"""when each practice's ledger was last compared with its agenda"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.migrations import isolate

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("practice_id"),
    )
    isolate(op, "reminders", "reconciliation")


def downgrade() -> None:
    op.drop_table("reconciliation")
