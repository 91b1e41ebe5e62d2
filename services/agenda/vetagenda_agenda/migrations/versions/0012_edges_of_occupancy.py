"""edges of occupancy: an index that row-level security lets be used"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.db import UtcDateTime

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('occupancy_shared', 'occupancy')
    op.add_column('occupancy', sa.Column('begins_at', UtcDateTime(timezone=True), sa.Computed('lower(during)', persisted=True)))
    op.add_column('occupancy', sa.Column('ends_at', UtcDateTime(timezone=True), sa.Computed('upper(during)', persisted=True)))
    op.create_index('occupancy_time', 'occupancy', ['calendar_id', 'ends_at', 'begins_at'])


def downgrade() -> None:
    op.drop_index('occupancy_time', 'occupancy')
    op.drop_column('occupancy', 'ends_at')
    op.drop_column('occupancy', 'begins_at')
    op.create_index('occupancy_shared', 'occupancy', ['calendar_id', 'during'], postgresql_using='gist', postgresql_where='NOT exclusive')
