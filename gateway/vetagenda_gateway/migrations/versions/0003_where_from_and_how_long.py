"""from where a key is used, and that it has expired is told"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("networks", sa.ARRAY(sa.Text())))
    op.add_column("api_key", sa.Column("expiry_told_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE api_key SET expiry_told_at = expires_at WHERE expires_at <= now()")


def downgrade() -> None:
    op.drop_column("api_key", "expiry_told_at")
    op.drop_column("api_key", "networks")
