"""for which call centre an order was given, so that a sweeper finishes it in its name"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("intent", sa.Column("actor_call_centre_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("intent", "actor_call_centre_id")
