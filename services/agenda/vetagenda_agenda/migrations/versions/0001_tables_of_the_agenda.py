"""tables of the agenda"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate, isolate_plumbing

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


_TENANT_TABLES = (
    "calendar",
    "appointment_type",
    "owner",
    "animal",
    "absence",
    "closure",
    "appointment",
    "occupancy",
    "change",
    "update_item",
)


def upgrade() -> None:
    op.create_table('absence',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('calendar_id', sa.Uuid(), nullable=False),
    sa.Column('start', UtcDateTime(timezone=True), nullable=False),
    sa.Column('end', UtcDateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_absence_practice_id'), 'absence', ['practice_id'], unique=False)
    op.create_table('animal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('species', sa.String(), nullable=True),
    sa.Column('breed', sa.String(), nullable=True),
    sa.Column('born_on', sa.Date(), nullable=True),
    sa.Column('deceased_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_animal_owner_id'), 'animal', ['owner_id'], unique=False)
    op.create_index(op.f('ix_animal_practice_id'), 'animal', ['practice_id'], unique=False)
    op.create_table('appointment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('start', UtcDateTime(timezone=True), nullable=False),
    sa.Column('end', UtcDateTime(timezone=True), nullable=False),
    sa.Column('buffer_before_minutes', sa.Integer(), nullable=False),
    sa.Column('buffer_after_minutes', sa.Integer(), nullable=False),
    sa.Column('calendar_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('appointment_type_id', sa.Uuid(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('owner_name', sa.String(), nullable=True),
    sa.Column('animal_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('description', sa.String(), nullable=False),
    sa.Column('notes', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=True),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('published', sa.Boolean(), nullable=False),
    sa.Column('needs_completion', sa.Boolean(), nullable=False),
    sa.Column('overlaps', sa.Boolean(), nullable=False),
    sa.Column('override_reason', sa.String(), nullable=True),
    sa.Column('cancelled_by', sa.String(), nullable=True),
    sa.Column('cancel_reason', sa.String(), nullable=True),
    sa.Column('expires_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('appointment_agenda', 'appointment', ['practice_id', 'start'], unique=False)
    op.create_index('appointment_changed', 'appointment', ['practice_id', 'updated_at'], unique=False)
    op.create_index('appointment_of_owner', 'appointment', ['owner_id', 'start'], unique=False)
    op.create_table('appointment_type',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('duration_minutes', sa.Integer(), nullable=False),
    sa.Column('buffer_before_minutes', sa.Integer(), nullable=False),
    sa.Column('buffer_after_minutes', sa.Integer(), nullable=False),
    sa.Column('requires', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('colour', sa.String(), nullable=True),
    sa.Column('bookable_online', sa.Boolean(), nullable=False),
    sa.Column('mode', sa.String(), nullable=False),
    sa.Column('species', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('hide_time', sa.Boolean(), nullable=False),
    sa.Column('arrival_window', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_appointment_type_practice_id'), 'appointment_type', ['practice_id'], unique=False)
    op.create_table('calendar',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('colour', sa.String(), nullable=True),
    sa.Column('email', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_calendar_practice_id'), 'calendar', ['practice_id'], unique=False)
    op.create_table('change',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('event_type', sa.String(), nullable=False),
    sa.Column('actor_kind', sa.String(), nullable=False),
    sa.Column('actor_id', sa.String(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('change_of', 'change', ['subject_id', 'version'], unique=False)
    op.create_index(op.f('ix_change_practice_id'), 'change', ['practice_id'], unique=False)
    op.create_table('closure',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('start', UtcDateTime(timezone=True), nullable=False),
    sa.Column('end', UtcDateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_closure_practice_id'), 'closure', ['practice_id'], unique=False)
    op.create_table('epoch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('value', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('occupancy',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('calendar_id', sa.Uuid(), nullable=False),
    sa.Column('during', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('exclusive', sa.Boolean(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('expires_at', UtcDateTime(timezone=True), nullable=True),
    postgresql.ExcludeConstraint((sa.column('calendar_id'), '='), (sa.column('during'), '&&'), where=sa.text('exclusive'), using='gist', name='occupancy_no_double_booking'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_occupancy_subject_id'), 'occupancy', ['subject_id'], unique=False)
    op.create_index('occupancy_shared', 'occupancy', ['calendar_id', 'during'], unique=False, postgresql_using='gist', postgresql_where='NOT exclusive')
    op.create_table('owner',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('given_name', sa.String(), nullable=False),
    sa.Column('family_name', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=True),
    sa.Column('phone_e164', sa.String(), nullable=True),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('address', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('locale', sa.String(), nullable=True),
    sa.Column('consents', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('search', sa.Text(), sa.Computed("lower(given_name || ' ' || family_name || ' ' || coalesce(phone, '') || ' ' || coalesce(phone_e164, '') || ' ' || coalesce(email, ''))", persisted=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_owner_phone_e164'), 'owner', ['phone_e164'], unique=False)
    op.create_index(op.f('ix_owner_practice_id'), 'owner', ['practice_id'], unique=False)
    op.create_table('practice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('time_zone', sa.String(), nullable=False),
    sa.Column('locale', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=True),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('address', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('test', sa.Boolean(), nullable=False),
    sa.Column('virtual_now', UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('update_item',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('acknowledged_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_by', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_update_item_appointment_id'), 'update_item', ['appointment_id'], unique=False)
    op.create_index(op.f('ix_update_item_practice_id'), 'update_item', ['practice_id'], unique=False)
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
    op.execute("INSERT INTO epoch (id, value) VALUES (1, gen_random_uuid())")
    isolate_plumbing(op, "agenda")
    isolate(op, "agenda", "practice", column="id")
    for table in _TENANT_TABLES:
        isolate(op, "agenda", table)


def downgrade() -> None:
    raise RuntimeError("restore a backup instead: this is the first revision")
