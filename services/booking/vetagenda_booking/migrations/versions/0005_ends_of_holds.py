"""whether a hold that has ended was used or given back"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('hold', sa.Column('used', sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column('hold', 'used')
