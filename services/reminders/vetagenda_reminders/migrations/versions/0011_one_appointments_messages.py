"""one appointment's own messages, and several visits in one"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appointment_choice",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("messages", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("appointment_id"),
    )
    op.create_index("ix_appointment_choice_practice_id", "appointment_choice", ["practice_id"])
    op.create_index("ix_appointment_choice_owner_id", "appointment_choice", ["owner_id"])
    isolate(op, "reminders", "appointment_choice")
    op.add_column("reminder", sa.Column("merged_into", sa.Uuid(), nullable=True))
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index("reminder_merged", "reminder", ["merged_into"], postgresql_where=merged)
    op.create_index("reminder_merged_lately", "reminder", ["recorded_at"], postgresql_where=merged)


def downgrade() -> None:
    op.drop_index("reminder_merged_lately", "reminder")
    op.drop_index("reminder_merged", "reminder")
    op.drop_column("reminder", "merged_into")
    op.drop_table("appointment_choice")
