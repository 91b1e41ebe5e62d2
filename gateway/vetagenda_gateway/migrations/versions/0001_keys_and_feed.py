"""keys and feed"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from vetagenda_kit.db import PRACTICES, UtcDateTime, jobs_role_of, runtime_role_of
from vetagenda_kit.migrations import isolate, isolate_plumbing

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('api_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('prefix', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('test', sa.Boolean(), nullable=False),
    sa.Column('scopes', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('practices', sa.ARRAY(sa.Uuid()), nullable=True),
    sa.Column('requests_per_minute', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=True),
    sa.Column('revoked_at', UtcDateTime(), nullable=True),
    sa.Column('successor_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("practices IS NOT NULL OR 'admin' = ANY (scopes)", name='api_key_all_practices_admin_only'),
    sa.CheckConstraint('cardinality(practices) > 0', name='api_key_has_practices'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('digest')
    )
    op.create_table('api_key_use',
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('last_used_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('key_id')
    )
    op.create_table('feed_event',
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('event', postgresql.JSONB(), nullable=False),
    sa.Column('recorded_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('practice_id', 'sequence')
    )
    op.create_index('feed_event_age', 'feed_event', ['recorded_at'], unique=False)
    op.create_table('feed_position',
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('stream_created_at', UtcDateTime(), nullable=False),
    sa.Column('last_sequence', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('stream')
    )
    op.create_table('practice_feed',
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('practice_id')
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
    sa.Column('payload', postgresql.JSONB(), nullable=False),
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
    sa.Column('headers', postgresql.JSONB(), nullable=False),
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
    sa.Column('payload', postgresql.JSONB(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('published_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('event_id')
    )
    op.create_index('outbox_unpublished', 'outbox', ['id'], unique=False, postgresql_where=sa.text('published_at IS NULL'))
    isolate_plumbing(op, "gateway")
    isolate(op, "gateway", "practice_feed")
    isolate(op, "gateway", "feed_event")
    _isolate_keys()
    _tell_of_changed_keys()


def _isolate_keys() -> None:
    """A key is seen by who was granted all of its practices; the jobs role sees every key."""
    visible = f"practices <@ (SELECT nullif(current_setting('{PRACTICES}', true), ''))::uuid[]"
    op.execute("ALTER TABLE api_key ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE api_key FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY granted ON api_key TO {runtime_role_of('gateway')} USING ({visible})")
    op.execute(f"CREATE POLICY jobs ON api_key TO {jobs_role_of('gateway')} USING (true)")


def _tell_of_changed_keys() -> None:
    """By whatever path a key ends, also by hand: every gateway that listens forgets it."""
    op.execute("""
        CREATE FUNCTION tell_of_changed_key() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('gateway_keys', OLD.id::text);
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER api_key_changed AFTER UPDATE OR DELETE ON api_key
        FOR EACH ROW EXECUTE FUNCTION tell_of_changed_key()
    """)


def downgrade() -> None:
    op.drop_index('outbox_unpublished', table_name='outbox', postgresql_where=sa.text('published_at IS NULL'))
    op.drop_table('outbox')
    op.drop_table('inbox')
    op.drop_table('idempotency')
    op.drop_table('dead_letter')
    op.drop_table('aggregate_seen')
    op.drop_table('practice_feed')
    op.drop_table('feed_position')
    op.drop_index('feed_event_age', table_name='feed_event')
    op.drop_table('feed_event')
    op.drop_table('api_key_use')
    op.drop_table('api_key')
    op.execute('DROP FUNCTION tell_of_changed_key')
