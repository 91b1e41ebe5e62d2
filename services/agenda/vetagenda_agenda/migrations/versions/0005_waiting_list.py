"""the waiting list"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_TABLES = ('waitlist_setting', 'waitlist_entry', 'vacancy', 'offer')


def upgrade() -> None:
    op.create_table('waitlist_setting',
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('default_length_minutes', sa.Integer(), nullable=False),
    sa.Column('offer_minutes', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('practice_id')
    )
    op.create_table('waitlist_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('appointment_type_id', sa.Uuid(), nullable=False),
    sa.Column('calendar_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('animal_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('available_from', UtcDateTime(timezone=True), nullable=False),
    sa.Column('available_to', UtcDateTime(timezone=True), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_waitlist_entry_practice_id'), 'waitlist_entry', ['practice_id'], unique=False)
    op.create_index(op.f('ix_waitlist_entry_owner_id'), 'waitlist_entry', ['owner_id'], unique=False)
    op.create_table('vacancy',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('freed_by', sa.Uuid(), nullable=False),
    sa.Column('calendar_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('start', UtcDateTime(timezone=True), nullable=False),
    sa.Column('end', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_vacancy_practice_id'), 'vacancy', ['practice_id'], unique=False)
    op.create_table('offer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('vacancy_id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('calendar_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('start', UtcDateTime(timezone=True), nullable=False),
    sa.Column('end', UtcDateTime(timezone=True), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('made_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('appointment_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    for column in ('entry_id', 'practice_id', 'vacancy_id'):
        op.create_index(op.f(f'ix_offer_{column}'), 'offer', [column], unique=False)
    is_open = sa.text("status = 'open'")
    op.create_index('offer_due', 'offer', ['expires_at'], unique=False, postgresql_where=is_open)
    op.create_index('offer_one_open_of_vacancy', 'offer', ['vacancy_id'], unique=True, postgresql_where=is_open)
    op.create_index('offer_one_open_to_entry', 'offer', ['entry_id'], unique=True, postgresql_where=is_open)
    for table in _TABLES:
        isolate(op, "agenda", table)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
