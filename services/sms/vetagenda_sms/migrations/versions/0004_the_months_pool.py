"""the month's pool, choices, opt-outs, and forgetting"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SETTLED = "status NOT IN ('planned', 'sending')"


def upgrade() -> None:
    op.create_table(
        "pool",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("allowance", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("practice_id", "month"),
    )
    op.create_table(
        "choices",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at_limit", sa.String(40), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("texts_kept_days", sa.Integer(), nullable=False),
        sa.Column("price_per_segment", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("practice_id"),
    )
    op.create_table(
        "opt_out",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("number_hash", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("opted_out_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    holds = sa.text("lifted_at IS NULL")
    op.create_index(
        "opt_out_holds", "opt_out", ["practice_id", "number_hash"], unique=True, postgresql_where=holds
    )
    for table in ("pool", "choices", "opt_out"):
        isolate(op, "sms", table)
    _widen_message()


def _widen_message() -> None:
    op.alter_column("message", "to", existing_type=sa.Text(), nullable=True)
    op.alter_column("message", "text", existing_type=sa.Text(), nullable=True)
    op.add_column("message", sa.Column("number_hash", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.add_column("message", sa.Column("reason", sa.String(40), nullable=True))
    op.add_column("message", sa.Column("holidays", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("pool_month", sa.Date(), nullable=True))
    for name in ("waits_for_pool", "erased"):
        column = sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        op.add_column("message", column)
    op.execute(f"UPDATE message SET settled_at = coalesce(claimed_at, created_at) WHERE {_SETTLED}")
    op.drop_index("message_to", table_name="message")
    op.create_index("message_to", "message", ["number_hash", "submitted_at"])
    kept = sa.text("text IS NOT NULL")
    op.create_index("message_texts", "message", ["settled_at"], postgresql_where=kept)
    of_owner = sa.text("owner_id IS NOT NULL")
    op.create_index("message_of_owner", "message", ["owner_id"], postgresql_where=of_owner)
    waits = sa.text("status = 'planned' AND waits_for_pool")
    op.create_index("message_waits_for_pool", "message", ["practice_id"], postgresql_where=waits)


def downgrade() -> None:
    op.drop_index("message_waits_for_pool", table_name="message")
    op.drop_index("message_of_owner", table_name="message")
    op.drop_index("message_texts", table_name="message")
    op.drop_index("message_to", table_name="message")
    op.create_index("message_to", "message", ["to", "submitted_at"])
    added = ("erased", "waits_for_pool", "pool_month", "settled_at", "holidays", "reason", "owner_id")
    for name in (*added, "number_hash"):
        op.drop_column("message", name)
    op.execute("""UPDATE message SET "to" = '' WHERE "to" IS NULL""")
    op.execute("UPDATE message SET text = '' WHERE text IS NULL")
    op.alter_column("message", "to", existing_type=sa.Text(), nullable=False)
    op.alter_column("message", "text", existing_type=sa.Text(), nullable=False)
    for table in ("opt_out", "choices", "pool"):
        op.drop_table(table)
