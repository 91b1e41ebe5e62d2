"""who looked at or changed what of a practice, with which key and when"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.migrations import isolate

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("subjects", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
    )
    op.create_index("access_log_of_practice", "access_log", ["practice_id", "at", "id"])
    op.create_index("access_log_age", "access_log", ["at"])
    isolate(op, "gateway", "access_log")


def downgrade() -> None:
    op.drop_table("access_log")
