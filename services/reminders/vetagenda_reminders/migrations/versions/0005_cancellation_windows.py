"""until when owners may cancel online, by practice

Revision ID: 0005
Revises: 0004
"""
import sqlalchemy as sa
from alembic import op

from vetagenda_kit.migrations import isolate

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('cancellation_window',
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('closes_before', sa.Interval(), nullable=False),
    sa.PrimaryKeyConstraint('practice_id')
    )
    isolate(op, "reminders", "cancellation_window")


def downgrade() -> None:
    op.drop_table('cancellation_window')
