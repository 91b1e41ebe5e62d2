"""e-mail addresses that came back, as digests

Revision ID: 0010
Revises: 0009
"""
import sqlalchemy as sa
from alembic import op

from vetagenda_kit.migrations import isolate

import vetagenda_kit.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bounced_address',
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('bounced_at', vetagenda_kit.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('practice_id', 'digest')
    )
    op.create_index(op.f('ix_bounced_address_owner_id'), 'bounced_address', ['owner_id'], unique=False)
    isolate(op, "reminders", "bounced_address")


def downgrade() -> None:
    op.drop_table('bounced_address')
