"""how the linked calendar is called by its owner"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('calendar_link', sa.Column('remote_calendar_name', sa.Text(), server_default='', nullable=False))


def downgrade() -> None:
    op.drop_column('calendar_link', 'remote_calendar_name')
