"""the trace that a message belongs to"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reminder", sa.Column("traceparent", sa.Text(), nullable=True))
    op.add_column("appointment_plan", sa.Column("traceparent", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("appointment_plan", "traceparent")
    op.drop_column("reminder", "traceparent")
