"""links and what they remember"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate, isolate_plumbing
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('calendar_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('calendar_id', sa.Uuid(), nullable=False),
    sa.Column('provider', sa.Text(), nullable=False),
    sa.Column('remote_calendar_id', sa.Text(), nullable=True),
    sa.Column('key', sa.Uuid(), nullable=True),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('privacy', sa.Text(), nullable=False),
    sa.Column('conflict_winner', sa.Text(), nullable=False),
    sa.Column('past_days', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('state_reason', sa.Text(), nullable=True),
    sa.Column('is_virtual', sa.Boolean(), nullable=False),
    sa.Column('tokens', sa.LargeBinary(), nullable=True),
    sa.Column('cursor', sa.Text(), nullable=True),
    sa.Column('cursor_query_hash', sa.Text(), nullable=True),
    sa.Column('listed_at', UtcDateTime(), nullable=True),
    sa.Column('agenda_epoch', sa.Uuid(), nullable=True),
    sa.Column('agenda_read_to', UtcDateTime(), nullable=True),
    sa.Column('lease_until', UtcDateTime(), nullable=True),
    sa.Column('fencing', sa.Integer(), nullable=False),
    sa.Column('next_run_at', UtcDateTime(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('cycle_requested', sa.Integer(), nullable=False),
    sa.Column('cycle_started', sa.Integer(), nullable=False),
    sa.Column('cycle_done', sa.Integer(), nullable=False),
    sa.Column('last_success_at', UtcDateTime(), nullable=True),
    sa.Column('last_change_at', UtcDateTime(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('practice_id', 'key', name='calendar_link_once')
    )
    op.create_index('calendar_link_due', 'calendar_link', ['next_run_at'], unique=False)
    op.create_index('calendar_link_of_calendar', 'calendar_link', ['practice_id', 'calendar_id'], unique=False)
    op.create_table('sync_conflict',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('link_id', sa.Uuid(), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('kept', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('lost', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('lost_by', sa.Text(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['calendar_link.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('sync_conflict_of_link', 'sync_conflict', ['link_id', 'id'], unique=False)
    op.create_table('sync_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('link_id', sa.Uuid(), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('remote_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('incarnation', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('agreed_revision', sa.Integer(), nullable=True),
    sa.Column('seen', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('has_ended', sa.Boolean(), nullable=False),
    sa.Column('is_dirty', sa.Boolean(), nullable=False),
    sa.Column('marks', sa.Integer(), nullable=False),
    sa.Column('known_version', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', UtcDateTime(), nullable=True),
    sa.Column('flag', sa.Text(), nullable=True),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['calendar_link.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('link_id', 'appointment_id', name='sync_event_of_appointment'),
    sa.UniqueConstraint('link_id', 'remote_id', name='sync_event_of_remote')
    )
    op.create_index('sync_event_dirty', 'sync_event', ['link_id'], unique=False, postgresql_where=sa.text('is_dirty'))
    op.create_table('sync_journal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('link_id', sa.Uuid(), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('fields', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['calendar_link.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('sync_journal_of_link', 'sync_journal', ['link_id', 'id'], unique=False)
    op.create_table('sync_base',
    sa.Column('sync_event_id', sa.Uuid(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('agenda', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('sent', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('echo', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.ForeignKeyConstraint(['sync_event_id'], ['sync_event.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('sync_event_id', 'revision')
    )
    op.create_table('aggregate_seen',
    sa.Column('consumer', sa.Text(), nullable=False),
    sa.Column('aggregate_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('consumer', 'aggregate_id')
    )
    op.create_table('dead_letter',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('consumer', sa.Text(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('dead_at', UtcDateTime(), nullable=False),
    sa.Column('replayed_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('consumer', 'event_id', name='dead_letter_once')
    )
    op.create_table('idempotency',
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.Column('body_digest', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('headers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('inbox',
    sa.Column('consumer', sa.Text(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('consumer', 'event_id')
    )
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('aggregate_id', sa.Uuid(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('published_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('event_id')
    )
    op.create_index('outbox_unpublished', 'outbox', ['id'], unique=False, postgresql_where=sa.text('published_at IS NULL'))
    isolate_plumbing(op, "calendar-sync")
    for table in ("calendar_link", "sync_event", "sync_base", "sync_conflict", "sync_journal"):
        isolate(op, "calendar-sync", table)


def downgrade() -> None:
    op.drop_index('outbox_unpublished', table_name='outbox', postgresql_where=sa.text('published_at IS NULL'))
    op.drop_table('outbox')
    op.drop_table('inbox')
    op.drop_table('idempotency')
    op.drop_table('dead_letter')
    op.drop_table('aggregate_seen')
    op.drop_table('sync_base')
    op.drop_index('sync_journal_of_link', table_name='sync_journal')
    op.drop_table('sync_journal')
    op.drop_index('sync_event_dirty', table_name='sync_event', postgresql_where=sa.text('is_dirty'))
    op.drop_table('sync_event')
    op.drop_index('sync_conflict_of_link', table_name='sync_conflict')
    op.drop_table('sync_conflict')
    op.drop_index('calendar_link_of_calendar', table_name='calendar_link')
    op.drop_index('calendar_link_due', table_name='calendar_link')
    op.drop_table('calendar_link')
