"""how often an intent was tried, and when it is tried again"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE intent ADD attempts integer NOT NULL DEFAULT 0, ADD next_try_at timestamptz")
    op.execute("UPDATE intent SET next_try_at = leased_until")
    op.execute("ALTER TABLE intent ALTER attempts DROP DEFAULT, ALTER next_try_at SET NOT NULL")
    op.drop_index('intent_open', table_name='intent', postgresql_where=sa.text("status IS NULL"))
    op.create_index('intent_due', 'intent', ['next_try_at'], unique=False, postgresql_where=sa.text("status IS NULL"))


def downgrade() -> None:
    op.drop_index('intent_due', table_name='intent', postgresql_where=sa.text("status IS NULL"))
    op.create_index('intent_open', 'intent', ['leased_until'], unique=False, postgresql_where=sa.text("status IS NULL"))
    op.drop_column('intent', 'next_try_at')
    op.drop_column('intent', 'attempts')
