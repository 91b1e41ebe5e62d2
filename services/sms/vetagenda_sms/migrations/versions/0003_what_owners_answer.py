"""what owners answer"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.migrations import isolate

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("carrier_reference", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("meaning", sa.String(40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("practice_id", "carrier", "carrier_reference", name="reply_once"),
    )
    op.create_index("ix_reply_message_id", "reply", ["message_id"])
    kept = sa.text("text IS NOT NULL")
    op.create_index("reply_texts", "reply", ["recorded_at"], postgresql_where=kept)
    op.create_index("message_to", "message", ["to", "submitted_at"])
    op.add_column("sandbox_submission", sa.Column("answer", sa.Text(), nullable=True))
    waiting = sa.text("answer IS NOT NULL")
    op.create_index("sandbox_unanswered", "sandbox_submission", ["id"], postgresql_where=waiting)
    isolate(op, "sms", "reply")


def downgrade() -> None:
    op.drop_index("sandbox_unanswered", table_name="sandbox_submission")
    op.drop_column("sandbox_submission", "answer")
    op.drop_index("message_to", table_name="message")
    op.drop_table("reply")
