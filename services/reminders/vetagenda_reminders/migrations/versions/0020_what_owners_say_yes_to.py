"""what owners say yes to by SMS, until the agenda has it"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.migrations import isolate

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owner_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_owner_answer_retry_at", "owner_answer", ["retry_at"])
    isolate(op, "reminders", "owner_answer")


def downgrade() -> None:
    op.drop_table("owner_answer")
