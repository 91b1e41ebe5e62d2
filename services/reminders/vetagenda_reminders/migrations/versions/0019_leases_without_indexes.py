"""Taking a row for a worker touches no index: what is in none of them is changed within its page"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SENDING = sa.text("status = 'sending'")


def upgrade() -> None:
    op.drop_index("reminder_sending", "reminder", postgresql_where=SENDING)
    op.create_index("reminder_sending", "reminder", ["id"], postgresql_where=SENDING)
    op.execute("ALTER TABLE reminder SET (fillfactor = 80)")


def downgrade() -> None:
    op.execute("ALTER TABLE reminder RESET (fillfactor)")
    op.drop_index("reminder_sending", "reminder", postgresql_where=SENDING)
    op.create_index("reminder_sending", "reminder", ["leased_until"], postgresql_where=SENDING)
