"""webhooks: who is told of a practice's events, and what became of each message"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('webhook_attempt',
    sa.Column('delivery_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('milliseconds', sa.Integer(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('trouble', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('delivery_id', 'number')
    )
    op.create_table('webhook_delivery',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('endpoint_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=True),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('event', postgresql.JSONB(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('is_aside', sa.Boolean(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', UtcDateTime(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('delivered_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('endpoint_id', 'event_id', name='webhook_delivery_once')
    )
    op.create_index('webhook_delivery_age', 'webhook_delivery', ['created_at'], unique=False)
    op.create_index('webhook_delivery_waiting', 'webhook_delivery', ['endpoint_id', 'sequence'], unique=False, postgresql_where=sa.text("status = 'waiting'"))
    op.create_table('webhook_endpoint',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('types', sa.ARRAY(sa.Text()), nullable=True),
    sa.Column('secret', sa.LargeBinary(), nullable=False),
    sa.Column('former_secret', sa.LargeBinary(), nullable=True),
    sa.Column('former_until', UtcDateTime(), nullable=True),
    sa.Column('disabled_reason', sa.Text(), nullable=True),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('next_try_at', UtcDateTime(), nullable=True),
    sa.Column('leased_until', UtcDateTime(), nullable=True),
    sa.Column('failing_since', UtcDateTime(), nullable=True),
    sa.Column('last_delivered_at', UtcDateTime(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('webhook_endpoint_due', 'webhook_endpoint', ['next_try_at'], unique=False, postgresql_where=sa.text('disabled_reason IS NULL AND next_try_at IS NOT NULL'))
    op.create_index('webhook_endpoint_of_key', 'webhook_endpoint', ['key_id'], unique=False)
    op.create_index('webhook_endpoint_of_practice', 'webhook_endpoint', ['practice_id'], unique=False)
    for table in ("webhook_endpoint", "webhook_delivery", "webhook_attempt"):
        isolate(op, "gateway", table)


def downgrade() -> None:
    op.drop_index('webhook_endpoint_of_practice', table_name='webhook_endpoint')
    op.drop_index('webhook_endpoint_of_key', table_name='webhook_endpoint')
    op.drop_index('webhook_endpoint_due', table_name='webhook_endpoint', postgresql_where=sa.text('disabled_reason IS NULL AND next_try_at IS NOT NULL'))
    op.drop_table('webhook_endpoint')
    op.drop_index('webhook_delivery_waiting', table_name='webhook_delivery', postgresql_where=sa.text("status = 'waiting'"))
    op.drop_index('webhook_delivery_age', table_name='webhook_delivery')
    op.drop_table('webhook_delivery')
    op.drop_table('webhook_attempt')
