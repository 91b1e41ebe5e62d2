"""the newest version seen of an aggregate, by the service that tells of it"""

from alembic import op

from vetagenda_kit.migrations import see_versions_by_id, see_versions_by_source

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    see_versions_by_source(op)
    # The booking profiles had a consumer of their own, for their versions are told of the practices' ids.
    op.execute("UPDATE aggregate_seen SET source = 'booking' WHERE consumer = 'reminders-profiles'")
    op.execute("UPDATE aggregate_seen SET source = 'sms' WHERE aggregate_id IN (SELECT id FROM reminder)")
    for table in ("aggregate_seen", "inbox", "dead_letter"):
        op.execute(f"UPDATE {table} SET consumer = 'reminders' WHERE consumer = 'reminders-profiles'")


def downgrade() -> None:
    see_versions_by_id(op)
