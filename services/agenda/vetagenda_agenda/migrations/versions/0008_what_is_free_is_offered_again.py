"""what is free is offered again"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pending = sa.Column('pending', sa.Boolean(), server_default=sa.text('false'), nullable=False)
    op.add_column('vacancy', pending)
    op.create_index('vacancy_pending', 'vacancy', ['practice_id'], postgresql_where=sa.text('pending'))
    op.create_index(
        'occupancy_holds', 'occupancy', ['expires_at'], postgresql_where=sa.text("kind = 'hold'")
    )


def downgrade() -> None:
    op.drop_index('occupancy_holds', 'occupancy')
    op.drop_index('vacancy_pending', 'vacancy')
    op.drop_column('vacancy', 'pending')
