"""what waits for a person, and what a person decided"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.add_column('calendar_link', sa.Column('is_turning', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column('calendar_link', 'is_turning', server_default=None)
    op.add_column('sync_event', sa.Column('held', sa.Text(), nullable=True))
    for name in ('held_values', 'verdict', 'trail'):
        op.add_column('sync_event', sa.Column(name, JSON, nullable=True))
    op.create_index('sync_event_held', 'sync_event', ['link_id'], unique=False, postgresql_where=sa.text('held IS NOT NULL'))
    op.add_column('sync_conflict', sa.Column('status', sa.Text(), nullable=False, server_default='open'))
    op.alter_column('sync_conflict', 'status', server_default=None)


def downgrade() -> None:
    op.drop_column('sync_conflict', 'status')
    op.drop_index('sync_event_held', table_name='sync_event', postgresql_where=sa.text('held IS NOT NULL'))
    for name in ('trail', 'verdict', 'held_values', 'held'):
        op.drop_column('sync_event', name)
    op.drop_column('calendar_link', 'is_turning')
