"""clocks move once at a time"""

import sqlalchemy as sa
from alembic import op
from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('clock_move',
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('until', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('practice_id')
    )
    isolate(op, "agenda", "clock_move")


def downgrade() -> None:
    op.drop_table('clock_move')
