"""care timelines, and who changed an appointment since its messages were planned"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from vetagenda_kit.migrations import isolate

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    changed_by = sa.Column("changed_by", ARRAY(sa.Text()), nullable=False, server_default="{}")
    op.add_column("appointment_plan", changed_by)
    op.alter_column("appointment_plan", "changed_by", server_default=None)
    op.create_table(
        "care_plan",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_type_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("steps", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "appointment_type_id"),
    )
    isolate(op, "reminders", "care_plan")


def downgrade() -> None:
    op.drop_table("care_plan")
    op.drop_column("appointment_plan", "changed_by")
