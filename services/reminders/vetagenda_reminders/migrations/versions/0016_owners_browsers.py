"""owners' browsers, and what was delivered to each"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.migrations import isolate

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("subscribed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("practice_id", "endpoint", name="push_subscription_once"),
    )
    op.create_index("ix_push_subscription_owner_id", "push_subscription", ["owner_id"])
    op.create_table(
        "push_delivery",
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reminder_id", "subscription_id"),
    )
    open_ones = sa.text("status IN ('planned', 'sending')")
    op.create_index("push_delivery_open", "push_delivery", ["recorded_at"], postgresql_where=open_ones)
    op.create_index("push_delivery_old", "push_delivery", ["recorded_at"])
    isolate(op, "reminders", "push_subscription")
    isolate(op, "reminders", "push_delivery")


def downgrade() -> None:
    op.drop_table("push_delivery")
    op.drop_table("push_subscription")
