"""the start that a message is about

Revision ID: 0004
Revises: 0003
"""
import sqlalchemy as sa
from alembic import op

from vetagenda_kit.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reminder", sa.Column("about_start", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("reminder", "about_start")
