"""what was known of the visit when its time was held: it is not judged again"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('hold', sa.Column('arrangement', sa.String(), server_default='adjoining', nullable=False))
    op.add_column('hold', sa.Column('owner_kind', sa.String(), nullable=True))
    op.add_column('hold', sa.Column('species', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('hold', 'species')
    op.drop_column('hold', 'owner_kind')
    op.drop_column('hold', 'arrangement')
