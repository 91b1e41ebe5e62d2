"""what the carrier counts"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("carrier_segments", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "carrier_segments")
