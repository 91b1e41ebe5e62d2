"""what leaves for others, counted by practice, month and kind"""

from alembic import op

from vetagenda_kit.migrations import count_outward_calls

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    count_outward_calls(op, "gateway")


def downgrade() -> None:
    op.drop_table("outward_calls")
