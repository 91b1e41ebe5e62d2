"""when the owner said that the visit will be"""

import sqlalchemy as sa
from alembic import op
from vetagenda_kit.db import UtcDateTime

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('appointment', sa.Column('confirmed_by_owner_at', UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('appointment', 'confirmed_by_owner_at')
