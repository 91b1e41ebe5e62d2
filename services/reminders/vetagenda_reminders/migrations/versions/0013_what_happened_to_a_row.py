"""what happened to a row of the ledger, and days that a person set"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.migrations import isolate

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("reminder", sa.Column("dates_chosen", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("reminder", "dates_chosen", server_default=None)
    op.create_index(
        "reminder_personal", "reminder", ["appointment_id"], postgresql_where=sa.text("purpose = 'personal'")
    )
    op.create_index(
        "reminder_recalled",
        "reminder",
        ["practice_id", "finished_at", "id"],
        postgresql_where=sa.text("purpose = 'product' AND status = 'sent'"),
    )
    op.create_table(
        "reminder_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reminder_step_of_row", "reminder_step", ["reminder_id", "id"])
    isolate(op, "reminders", "reminder_step")


def downgrade() -> None:
    op.drop_table("reminder_step")
    op.drop_index("reminder_recalled", "reminder")
    op.drop_index("reminder_personal", "reminder")
    op.drop_column("reminder", "dates_chosen")
