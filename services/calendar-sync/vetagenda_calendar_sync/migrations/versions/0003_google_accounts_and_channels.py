"""whose account a link is with, channels, farewells, and what is settled first"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('calendar_link', sa.Column('account', sa.Text(), nullable=True))
    op.add_column('calendar_link', sa.Column('consent_used_at', UtcDateTime(), nullable=True))
    op.add_column('sync_event', sa.Column('starts_at', UtcDateTime(), nullable=True))
    op.create_table('google_channel',
    sa.Column('link_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=True),
    sa.Column('resource_id', sa.Text(), nullable=True),
    sa.Column('token_digest', sa.LargeBinary(), nullable=True),
    sa.Column('renew_at', UtcDateTime(), nullable=False),
    sa.Column('wanted_at', UtcDateTime(), nullable=True),
    sa.Column('asked_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['link_id'], ['calendar_link.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('link_id'),
    sa.UniqueConstraint('channel_id', name='google_channel_once')
    )
    op.create_index('google_channel_wanted', 'google_channel', ['wanted_at'], unique=False, postgresql_where=sa.text('wanted_at IS NOT NULL'))
    op.create_table('google_farewell',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('account', sa.Text(), nullable=True),
    sa.Column('tokens', sa.LargeBinary(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=True),
    sa.Column('resource_id', sa.Text(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    for table in ("google_channel", "google_farewell"):
        isolate(op, "calendar-sync", table)


def downgrade() -> None:
    op.drop_table('google_farewell')
    op.drop_table('google_channel')
    op.drop_column('sync_event', 'starts_at')
    op.drop_column('calendar_link', 'consent_used_at')
    op.drop_column('calendar_link', 'account')
