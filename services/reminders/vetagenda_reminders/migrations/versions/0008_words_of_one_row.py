"""words of one row: what a person writes for one reminder"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('reminder', sa.Column('own_subject', sa.Text(), nullable=True))
    op.add_column('reminder', sa.Column('own_body', sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column('reminder', 'own_body')
    op.drop_column('reminder', 'own_subject')
