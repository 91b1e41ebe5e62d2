"""messages and the sandbox carrier"""

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
    op.create_table('message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('to', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('message_class', sa.String(40), nullable=False),
    sa.Column('status', sa.String(40), nullable=False),
    sa.Column('profile', sa.Text(), nullable=False),
    sa.Column('encoding', sa.String(40), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('segments', sa.Integer(), nullable=False),
    sa.Column('time_zone', sa.Text(), nullable=False),
    sa.Column('virtual', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('send_on', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=True),
    sa.Column('queued_for', UtcDateTime(), nullable=True),
    sa.Column('claimed_at', UtcDateTime(), nullable=True),
    sa.Column('submitted_at', UtcDateTime(), nullable=True),
    sa.Column('finished_at', UtcDateTime(), nullable=True),
    sa.Column('carrier', sa.Text(), nullable=True),
    sa.Column('carrier_reference', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('message_in_doubt', 'message', ['claimed_at'], unique=False, postgresql_where=sa.text("status IN ('sending', 'unknown')"))
    op.create_index('message_of_practice', 'message', ['practice_id', 'created_at', 'id'], unique=False)
    op.create_index('message_queued', 'message', ['queued_for'], unique=False, postgresql_where=sa.text("status = 'planned'"))
    op.create_index('message_submitted', 'message', ['practice_id', 'submitted_at'], unique=False)
    op.create_table('sandbox_submission',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.Uuid(), nullable=False),
    sa.Column('to', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('parts', sa.Integer(), nullable=False),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.Column('outcome', sa.String(40), nullable=False),
    sa.Column('reported', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('sandbox_by_reference', 'sandbox_submission', ['reference'], unique=False)
    op.create_index('sandbox_unreported', 'sandbox_submission', ['id'], unique=False, postgresql_where=sa.text('NOT reported'))
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
    isolate_plumbing(op, "sms")
    for table in ("message", "sandbox_submission"):
        isolate(op, "sms", table)


def downgrade() -> None:
    op.drop_index('outbox_unpublished', table_name='outbox', postgresql_where=sa.text('published_at IS NULL'))
    op.drop_table('outbox')
    op.drop_table('inbox')
    op.drop_table('idempotency')
    op.drop_table('dead_letter')
    op.drop_table('aggregate_seen')
    op.drop_index('sandbox_unreported', table_name='sandbox_submission', postgresql_where=sa.text('NOT reported'))
    op.drop_index('sandbox_by_reference', table_name='sandbox_submission')
    op.drop_table('sandbox_submission')
    op.drop_index('message_submitted', table_name='message')
    op.drop_index('message_queued', table_name='message', postgresql_where=sa.text("status = 'planned'"))
    op.drop_index('message_of_practice', table_name='message')
    op.drop_index('message_in_doubt', table_name='message', postgresql_where=sa.text("status IN ('sending', 'unknown')"))
    op.drop_table('message')
