"""requests that are past their period are found"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("booking_request_past", "booking_request", ["end"])


def downgrade() -> None:
    op.drop_index("booking_request_past", table_name="booking_request")
