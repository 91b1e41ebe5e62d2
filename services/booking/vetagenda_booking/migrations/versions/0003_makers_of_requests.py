"""who made a booking request"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

# What is still in the outbox says who made it; what is older is left to the practice.
_FROM_EVENTS = """
    UPDATE booking_request
    SET made_by = (payload #>> '{data,actor,kind}') || ':' || (payload #>> '{data,actor,id}')
    FROM outbox
    WHERE outbox.aggregate_id = booking_request.id AND outbox.type = 'booking.request.received'
"""


def upgrade() -> None:
    op.add_column('booking_request', sa.Column('made_by', sa.String(), nullable=True))
    op.execute(_FROM_EVENTS)
    op.create_index('booking_request_of_maker', 'booking_request', ['practice_id', 'made_by', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('booking_request_of_maker', table_name='booking_request')
    op.drop_column('booking_request', 'made_by')
