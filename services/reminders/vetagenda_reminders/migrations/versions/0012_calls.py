"""calls: how often nobody answered, and what the caller wrote"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reminder", sa.Column("call_attempts", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("reminder", "call_attempts", server_default=None)
    op.add_column("reminder", sa.Column("call_note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("reminder", "call_note")
    op.drop_column("reminder", "call_attempts")
