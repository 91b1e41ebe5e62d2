"""the call-centre desk, and what a practice may want to know of who books by telephone"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

_OF_A_PRACTICE = (
    'desk_call_back',
    'desk_call_back_ask',
    'desk_chart_line',
    'desk_custom_chart',
    'desk_instruction',
    'desk_link',
    'desk_message',
    'desk_number',
    'desk_script',
    'desk_setting',
)


def upgrade() -> None:
    op.create_table('desk_call_back',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=True),
    sa.Column('number', sa.String(), nullable=True),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('placed_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('needed_since', UtcDateTime(timezone=True), nullable=True),
    sa.Column('appointment_id', sa.Uuid(), nullable=True),
    sa.Column('missed', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=True),
    sa.Column('closed_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('words_gone', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('desk_call_back_of_appointment', 'desk_call_back', ['appointment_id'], unique=False)
    op.create_index('desk_call_back_of_owner', 'desk_call_back', ['owner_id'], unique=False)
    op.create_index('desk_call_back_open', 'desk_call_back', ['practice_id'], unique=False, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('desk_call_back_with_words', 'desk_call_back', ['placed_at'], unique=False, postgresql_where=sa.text('NOT words_gone'))
    op.create_index(op.f('ix_desk_call_back_practice_id'), 'desk_call_back', ['practice_id'], unique=False)
    op.create_table('desk_call_back_ask',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('call_back_id', sa.Uuid(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('over', sa.String(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_desk_call_back_ask_call_back_id'), 'desk_call_back_ask', ['call_back_id'], unique=False)
    op.create_index(op.f('ix_desk_call_back_ask_practice_id'), 'desk_call_back_ask', ['practice_id'], unique=False)
    op.create_table('desk_chart_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('service', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('function', sa.String(), nullable=False),
    sa.Column('phones', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('remark', sa.String(), nullable=False),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_desk_chart_line_practice_id'), 'desk_chart_line', ['practice_id'], unique=False)
    op.create_table('desk_custom_chart',
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('columns', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('rows', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('practice_id')
    )
    op.create_table('desk_instruction',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('from_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('until', UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_desk_instruction_practice_id'), 'desk_instruction', ['practice_id'], unique=False)
    op.create_table('desk_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('page', sa.String(), nullable=False),
    sa.Column('on_calls', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_desk_link_practice_id'), 'desk_link', ['practice_id'], unique=False)
    op.create_table('desk_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('contact_name', sa.String(), nullable=False),
    sa.Column('contact_phone', sa.String(), nullable=True),
    sa.Column('contact_number', sa.String(), nullable=True),
    sa.Column('contact_email', sa.String(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('appointment_id', sa.Uuid(), nullable=True),
    sa.Column('call_back_id', sa.Uuid(), nullable=True),
    sa.Column('private', sa.Boolean(), nullable=False),
    sa.Column('due_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('notify', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('posted_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('posted_by', sa.String(), nullable=False),
    sa.Column('read_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('done_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('words_gone', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('desk_message_of_call_back', 'desk_message', ['call_back_id'], unique=False)
    op.create_index('desk_message_of_owner', 'desk_message', ['owner_id'], unique=False)
    op.create_index('desk_message_with_words', 'desk_message', ['posted_at'], unique=False, postgresql_where=sa.text('NOT words_gone'))
    op.create_index(op.f('ix_desk_message_practice_id'), 'desk_message', ['practice_id'], unique=False)
    op.create_table('desk_number',
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('practice_id', 'number')
    )
    op.create_index('desk_number_dialled', 'desk_number', ['number'], unique=False)
    op.create_table('desk_organisation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('practice_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('desk_script',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('steps', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_desk_script_practice_id'), 'desk_script', ['practice_id'], unique=False)
    op.create_table('desk_setting',
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('choices', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('practice_id')
    )
    op.add_column('owner', sa.Column('birth_date', sa.Date(), nullable=True))
    op.add_column('owner', sa.Column('remark', sa.Text(), server_default=sa.text("''"), nullable=False))
    for table in _OF_A_PRACTICE:
        isolate(op, 'agenda', table)


def downgrade() -> None:
    op.drop_column('owner', 'remark')
    op.drop_column('owner', 'birth_date')
    op.drop_table('desk_setting')
    op.drop_index(op.f('ix_desk_script_practice_id'), table_name='desk_script')
    op.drop_table('desk_script')
    op.drop_table('desk_organisation')
    op.drop_index('desk_number_dialled', table_name='desk_number')
    op.drop_table('desk_number')
    op.drop_index(op.f('ix_desk_message_practice_id'), table_name='desk_message')
    op.drop_index('desk_message_with_words', table_name='desk_message', postgresql_where=sa.text('NOT words_gone'))
    op.drop_index('desk_message_of_owner', table_name='desk_message')
    op.drop_index('desk_message_of_call_back', table_name='desk_message')
    op.drop_table('desk_message')
    op.drop_index(op.f('ix_desk_link_practice_id'), table_name='desk_link')
    op.drop_table('desk_link')
    op.drop_index(op.f('ix_desk_instruction_practice_id'), table_name='desk_instruction')
    op.drop_table('desk_instruction')
    op.drop_table('desk_custom_chart')
    op.drop_index(op.f('ix_desk_chart_line_practice_id'), table_name='desk_chart_line')
    op.drop_table('desk_chart_line')
    op.drop_index(op.f('ix_desk_call_back_ask_practice_id'), table_name='desk_call_back_ask')
    op.drop_index(op.f('ix_desk_call_back_ask_call_back_id'), table_name='desk_call_back_ask')
    op.drop_table('desk_call_back_ask')
    op.drop_index(op.f('ix_desk_call_back_practice_id'), table_name='desk_call_back')
    op.drop_index('desk_call_back_with_words', table_name='desk_call_back', postgresql_where=sa.text('NOT words_gone'))
    op.drop_index('desk_call_back_open', table_name='desk_call_back', postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index('desk_call_back_of_owner', table_name='desk_call_back')
    op.drop_index('desk_call_back_of_appointment', table_name='desk_call_back')
    op.drop_table('desk_call_back')
