"""what is read for certain: up to where the agenda need not be read again"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('calendar_link', sa.Column('agenda_certain_to', UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column('calendar_link', 'agenda_certain_to')
