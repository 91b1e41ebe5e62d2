"""an erasure keeps a person's numbers, sealed, until the others have erased what was sent to them"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("erasure", sa.Column("sealed_numbers", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("erasure", "sealed_numbers")
