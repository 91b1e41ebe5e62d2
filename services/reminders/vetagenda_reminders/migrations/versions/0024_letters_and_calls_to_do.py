"""finding the letters and calls that wait for a person, of whom there are few in a long ledger"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    to_do = sa.text("status = 'ready'")
    op.create_index("reminder_by_hand", "reminder", ["useful_until", "id"], postgresql_where=to_do)


def downgrade() -> None:
    op.drop_index("reminder_by_hand", table_name="reminder")
