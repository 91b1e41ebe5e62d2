"""who is told of a change, as it was chosen with it; messages at the desk that the practice is told of"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointment_plan", sa.Column("told", postgresql.JSONB(), nullable=True))
    op.create_table(
        "desk_message_plan",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("dirty", sa.Boolean(), nullable=False),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("retry_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("ix_desk_message_plan_practice_id", "desk_message_plan", ["practice_id"])
    op.create_index(
        "desk_message_plan_dirty", "desk_message_plan", ["retry_at"], postgresql_where=sa.text("dirty")
    )
    isolate(op, "reminders", "desk_message_plan")
    _index_past("appointment_id IS NOT NULL OR purpose = 'message'")


def downgrade() -> None:
    _index_past("appointment_id IS NOT NULL")
    op.drop_table("desk_message_plan")
    op.drop_column("appointment_plan", "told")


def _index_past(which: str) -> None:
    op.drop_index("reminder_past", "reminder")
    op.create_index("reminder_past", "reminder", ["finished_at"], postgresql_where=sa.text(which))
