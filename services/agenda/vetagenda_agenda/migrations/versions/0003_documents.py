"""documents in the records of owners and animals"""

import sqlalchemy as sa
from alembic import op
from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('document',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('animal_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('uploaded_by', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('shared_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('shared_by', sa.String(), nullable=True),
    sa.CheckConstraint('(owner_id IS NULL) <> (animal_id IS NULL)', name='document_of_one_record'),
    sa.PrimaryKeyConstraint('id')
    )
    for column in ('animal_id', 'owner_id', 'practice_id'):
        op.create_index(op.f(f'ix_document_{column}'), 'document', [column], unique=False)
    isolate(op, "agenda", "document")


def downgrade() -> None:
    op.drop_table('document')
