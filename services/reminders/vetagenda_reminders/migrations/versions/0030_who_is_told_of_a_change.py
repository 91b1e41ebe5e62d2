"""who is told of a change, as it was chosen with it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointment_plan", sa.Column("told", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("appointment_plan", "told")
