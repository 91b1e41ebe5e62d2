"""orders to call back, the time before a move, drawn letters, names of products that are gone"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("reminder", sa.Column("call_back", sa.String(40)))
    op.create_index(
        "reminder_call_back", "reminder", ["practice_id"], postgresql_where=sa.text("call_back IS NOT NULL")
    )
    op.add_column("reminder", sa.Column("moved_from", INSTANT))
    op.add_column("reminder", sa.Column("drawn_at", INSTANT))
    op.add_column("administration", sa.Column("product_name", sa.Text()))


def downgrade() -> None:
    op.drop_column("administration", "product_name")
    op.drop_column("reminder", "drawn_at")
    op.drop_column("reminder", "moved_from")
    op.drop_index("reminder_call_back", "reminder", postgresql_where=sa.text("call_back IS NOT NULL"))
    op.drop_column("reminder", "call_back")
