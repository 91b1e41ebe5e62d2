"""the ledger, plans, settings, templates and products"""

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
    op.create_table('administration',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('rule_id', sa.Uuid(), nullable=True),
    sa.Column('animal_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('also_first', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_administration_animal_id'), 'administration', ['animal_id'], unique=False)
    op.create_index(op.f('ix_administration_practice_id'), 'administration', ['practice_id'], unique=False)
    op.create_table('appointment_plan',
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('dirty', sa.Boolean(), nullable=False),
    sa.Column('seen_version', sa.Integer(), nullable=False),
    sa.Column('ended_as', sa.String(40), nullable=True),
    sa.Column('by_sync', sa.Boolean(), nullable=False),
    sa.Column('retry_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('planned_version', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(40), nullable=True),
    sa.Column('sequence', sa.Integer(), nullable=True),
    sa.Column('start', UtcDateTime(timezone=True), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('calendar_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.PrimaryKeyConstraint('appointment_id')
    )
    op.create_index('appointment_plan_coming', 'appointment_plan', ['practice_id', 'start'], unique=False)
    op.create_index('appointment_plan_dirty', 'appointment_plan', ['retry_at'], unique=False, postgresql_where=sa.text('dirty'))
    op.create_table('practice_settings',
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('choices', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('practice_id')
    )
    op.create_table('product',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('family', sa.Text(), nullable=True),
    sa.Column('rule_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_product_practice_id'), 'product', ['practice_id'], unique=False)
    op.create_table('reminder',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('subject_sequence', sa.Integer(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(40), nullable=False),
    sa.Column('recipient_key', sa.Text(), nullable=False),
    sa.Column('purpose', sa.String(40), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=True),
    sa.Column('administration_id', sa.Uuid(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('animal_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('status', sa.String(40), nullable=False),
    sa.Column('skip_reason', sa.String(40), nullable=True),
    sa.Column('due_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('useful_until', UtcDateTime(timezone=True), nullable=False),
    sa.Column('send_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('carries', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('new_contacts_only', sa.Boolean(), nullable=False),
    sa.Column('virtual', sa.Boolean(), nullable=False),
    sa.Column('leased_until', UtcDateTime(timezone=True), nullable=True),
    sa.Column('lease', sa.Uuid(), nullable=True),
    sa.Column('finished_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('delivery', sa.Text(), nullable=True),
    sa.Column('recipient', sa.Text(), nullable=True),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('body', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('subject_id', 'subject_sequence', 'rule', 'occurrence', 'channel', 'recipient_key', name='reminder_once')
    )
    op.create_index('reminder_due', 'reminder', ['due_at'], unique=False, postgresql_where=sa.text("status = 'planned' AND NOT virtual"))
    op.create_index('reminder_of_animals', 'reminder', ['animal_ids'], unique=False, postgresql_using='gin')
    op.create_index('reminder_of_owner', 'reminder', ['owner_id'], unique=False)
    op.create_index('reminder_of_practice', 'reminder', ['practice_id', 'due_at', 'id'], unique=False)
    op.create_index('reminder_sending', 'reminder', ['leased_until'], unique=False, postgresql_where=sa.text("status = 'sending'"))
    op.create_index('reminder_texts', 'reminder', ['recorded_at'], unique=False, postgresql_where=sa.text('body IS NOT NULL'))
    op.create_table('reminder_rule',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('offset_count', sa.Integer(), nullable=False),
    sa.Column('offset_unit', sa.String(40), nullable=False),
    sa.Column('anchor', sa.String(40), nullable=False),
    sa.Column('days_before', sa.Integer(), nullable=False),
    sa.Column('every_count', sa.Integer(), nullable=True),
    sa.Column('every_unit', sa.String(40), nullable=True),
    sa.Column('sends', sa.Integer(), nullable=True),
    sa.Column('channels', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('template_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_reminder_rule_practice_id'), 'reminder_rule', ['practice_id'], unique=False)
    op.create_table('template',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=True),
    sa.Column('texts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_template_practice_id'), 'template', ['practice_id'], unique=False)
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
    sa.Column('dead_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('replayed_at', UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('consumer', 'event_id', name='dead_letter_once')
    )
    op.create_table('idempotency',
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.Column('body_digest', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('headers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('inbox',
    sa.Column('consumer', sa.Text(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('received_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('consumer', 'event_id')
    )
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('aggregate_id', sa.Uuid(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('published_at', UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('event_id')
    )
    op.create_index('outbox_unpublished', 'outbox', ['id'], unique=False, postgresql_where=sa.text('published_at IS NULL'))
    isolate_plumbing(op, "reminders")
    for table in ("reminder", "appointment_plan", "practice_settings", "template", "reminder_rule", "product", "administration"):
        isolate(op, "reminders", table)


def downgrade() -> None:
    op.drop_index('outbox_unpublished', table_name='outbox', postgresql_where=sa.text('published_at IS NULL'))
    op.drop_table('outbox')
    op.drop_table('inbox')
    op.drop_table('idempotency')
    op.drop_table('dead_letter')
    op.drop_table('aggregate_seen')
    op.drop_index(op.f('ix_template_practice_id'), table_name='template')
    op.drop_table('template')
    op.drop_index(op.f('ix_reminder_rule_practice_id'), table_name='reminder_rule')
    op.drop_table('reminder_rule')
    op.drop_index('reminder_texts', table_name='reminder', postgresql_where=sa.text('body IS NOT NULL'))
    op.drop_index('reminder_sending', table_name='reminder', postgresql_where=sa.text("status = 'sending'"))
    op.drop_index('reminder_of_practice', table_name='reminder')
    op.drop_index('reminder_of_owner', table_name='reminder')
    op.drop_index('reminder_of_animals', table_name='reminder', postgresql_using='gin')
    op.drop_index('reminder_due', table_name='reminder', postgresql_where=sa.text("status = 'planned' AND NOT virtual"))
    op.drop_table('reminder')
    op.drop_index(op.f('ix_product_practice_id'), table_name='product')
    op.drop_table('product')
    op.drop_table('practice_settings')
    op.drop_index('appointment_plan_dirty', table_name='appointment_plan', postgresql_where=sa.text('dirty'))
    op.drop_index('appointment_plan_coming', table_name='appointment_plan')
    op.drop_table('appointment_plan')
    op.drop_index(op.f('ix_administration_practice_id'), table_name='administration')
    op.drop_index(op.f('ix_administration_animal_id'), table_name='administration')
    op.drop_table('administration')
