"""offers of the waiting list

Revision ID: 0007
Revises: 0006
"""
import sqlalchemy as sa
from alembic import op

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('offer_plan',
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('dirty', sa.Boolean(), nullable=False),
    sa.Column('seen_version', sa.Integer(), nullable=False),
    sa.Column('settled', sa.Boolean(), nullable=False),
    sa.Column('retry_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('offer_id')
    )
    op.create_index('ix_offer_plan_practice_id', 'offer_plan', ['practice_id'])
    op.create_index('offer_plan_dirty', 'offer_plan', ['retry_at'], postgresql_where=sa.text('dirty'))
    isolate(op, "reminders", "offer_plan")


def downgrade() -> None:
    op.drop_table('offer_plan')
