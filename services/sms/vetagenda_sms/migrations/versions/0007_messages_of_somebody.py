"""messages that tell whose they were are found when that is past its period"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    of_somebody = sa.text("owner_id IS NOT NULL OR number_hash IS NOT NULL")
    op.create_index("message_of_somebody", "message", ["settled_at"], postgresql_where=of_somebody)


def downgrade() -> None:
    op.drop_index("message_of_somebody", table_name="message")
