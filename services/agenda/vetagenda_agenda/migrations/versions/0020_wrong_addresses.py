"""an invitation ends when somebody guesses at its address"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("wrong_addresses", sa.Integer(), server_default="0", nullable=False)
    op.add_column("partner_invitation", column)


def downgrade() -> None:
    op.drop_column("partner_invitation", "wrong_addresses")
