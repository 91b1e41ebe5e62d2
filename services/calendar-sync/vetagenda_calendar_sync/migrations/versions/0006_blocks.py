"""blocks: whole days and series in the agenda, and what ended links still have there"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    no = sa.text('false')
    op.add_column('calendar_link', sa.Column('transparent_free', sa.Boolean(), server_default=no, nullable=False))
    op.add_column('sync_event', sa.Column('has_blocks', sa.Boolean(), server_default=no, nullable=False))
    op.add_column('sync_event', sa.Column('laid_on', sa.Date(), nullable=True))
    op.create_index('sync_event_blocks', 'sync_event', ['link_id'], postgresql_where=sa.text('has_blocks'))
    op.create_table(
        'ended_link',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('practice_id', sa.Uuid(), nullable=False),
        sa.Column('ended_at', UtcDateTime(), nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    isolate(op, 'calendar-sync', 'ended_link')


def downgrade() -> None:
    op.drop_table('ended_link')
    op.drop_index('sync_event_blocks', table_name='sync_event', postgresql_where=sa.text('has_blocks'))
    op.drop_column('sync_event', 'laid_on')
    op.drop_column('sync_event', 'has_blocks')
    op.drop_column('calendar_link', 'transparent_free')
