"""what was given keeps the category, and so the words, of a product that has been deleted since"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("administration", sa.Column("product_category", sa.Text()))


def downgrade() -> None:
    op.drop_column("administration", "product_category")
