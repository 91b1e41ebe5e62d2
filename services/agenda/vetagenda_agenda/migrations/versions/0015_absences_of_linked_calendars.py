"""absences of linked calendars: where they come from, and of which event there they are"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('absence', sa.Column('source', sa.Text(), server_default=sa.text("'staff'"), nullable=False))
    op.add_column('absence', sa.Column('calendar_link_id', sa.Uuid(), nullable=True))
    op.add_column('absence', sa.Column('linked_event_id', sa.Uuid(), nullable=True))
    linked = sa.text('linked_event_id IS NOT NULL')
    op.create_index('absence_of_linked_event', 'absence', ['linked_event_id'], postgresql_where=linked)
    op.create_index('absence_of_link', 'absence', ['calendar_link_id', 'end'], postgresql_where=linked)


def downgrade() -> None:
    op.drop_index('absence_of_link', 'absence')
    op.drop_index('absence_of_linked_event', 'absence')
    op.drop_column('absence', 'linked_event_id')
    op.drop_column('absence', 'calendar_link_id')
    op.drop_column('absence', 'source')
