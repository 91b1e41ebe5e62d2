"""awaited vacancies: what is left for somebody who decides about another time"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('vacancy', sa.Column('awaited', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_index('vacancy_awaited', 'vacancy', ['practice_id'], postgresql_where=sa.text('awaited'))


def downgrade() -> None:
    op.drop_index('vacancy_awaited', 'vacancy')
    op.drop_column('vacancy', 'awaited')
