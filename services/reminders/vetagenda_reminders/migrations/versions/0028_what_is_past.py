"""rows and words that are past their period are found"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_WRITTEN = "own_subject IS NOT NULL OR own_body IS NOT NULL OR call_note IS NOT NULL"


def upgrade() -> None:
    op.create_index("reminder_own_words", "reminder", ["recorded_at"], postgresql_where=sa.text(_WRITTEN))
    about_visits = sa.text("appointment_id IS NOT NULL")
    op.create_index("reminder_past", "reminder", ["finished_at"], postgresql_where=about_visits)


def downgrade() -> None:
    op.drop_index("reminder_past", table_name="reminder")
    op.drop_index("reminder_own_words", table_name="reminder")
