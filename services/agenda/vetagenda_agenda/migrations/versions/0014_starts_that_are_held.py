"""starts that are held: caps count them while the hold lives"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.db import UtcDateTime

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('occupancy', sa.Column('held_type_id', sa.Uuid(), nullable=True))
    op.add_column('occupancy', sa.Column('held_start', UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('occupancy', 'held_start')
    op.drop_column('occupancy', 'held_type_id')
