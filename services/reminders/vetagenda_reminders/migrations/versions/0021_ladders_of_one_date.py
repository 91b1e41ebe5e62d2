"""a reminder that has a date of its own can be a ladder"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    given = sa.Column("custom_delivery", sa.String(40), nullable=False, server_default="all")
    op.add_column("visit_line", given)
    op.add_column(
        "visit_line", sa.Column("custom_step_hours", sa.Integer(), nullable=False, server_default="48")
    )
    op.alter_column("visit_line", "custom_delivery", server_default=None)
    op.alter_column("visit_line", "custom_step_hours", server_default=None)


def downgrade() -> None:
    op.drop_column("visit_line", "custom_step_hours")
    op.drop_column("visit_line", "custom_delivery")
