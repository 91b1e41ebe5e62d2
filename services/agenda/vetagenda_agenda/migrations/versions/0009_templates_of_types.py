"""templates of types"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('appointment_type', sa.Column('confirmation_template_id', sa.Uuid(), nullable=True))
    op.add_column('appointment_type', sa.Column('reminder_template_id', sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column('appointment_type', 'reminder_template_id')
    op.drop_column('appointment_type', 'confirmation_template_id')
