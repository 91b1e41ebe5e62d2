"""what the carrier counts, and whom telephones show"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("carrier_segments", sa.Integer(), nullable=True))
    op.add_column("message", sa.Column("sender", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "sender")
    op.drop_column("message", "carrier_segments")
