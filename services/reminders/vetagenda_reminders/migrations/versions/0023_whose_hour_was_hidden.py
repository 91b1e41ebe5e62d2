"""whether a message hid the hour of its visit, so that a later one does not tell it"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reminder", sa.Column("hid_time", sa.Boolean()))


def downgrade() -> None:
    op.drop_column("reminder", "hid_time")
