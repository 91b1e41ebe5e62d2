"""what was imported

Revision ID: 0004
Revises: 0003
"""
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
    op.create_table('import_run',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('actor_kind', sa.String(), nullable=False),
    sa.Column('actor_id', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('undone_at', UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_import_run_practice_id'), 'import_run', ['practice_id'], unique=False)
    op.create_table('import_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=True),
    sa.Column('version_before', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('field', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('notes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('kept', sa.String(), nullable=True),
    sa.Column('undone_at', UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('import_line_of', 'import_line', ['import_id', 'line'], unique=False)
    op.create_index('import_line_known', 'import_line', ['practice_id', 'kind', 'external_id'], unique=False)
    op.create_index('import_line_made_once', 'import_line', ['practice_id', 'kind', 'external_id'], unique=True, postgresql_where=sa.text("action = 'create' AND undone_at IS NULL"))
    op.create_index('import_line_subject', 'import_line', ['subject_id'], unique=False)
    isolate(op, "agenda", "import_run")
    isolate(op, "agenda", "import_line")


def downgrade() -> None:
    op.drop_table("import_line")
    op.drop_table("import_run")
