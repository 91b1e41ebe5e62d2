"""people who sign in: memberships, accounts, sessions, their tokens and links"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.db import UtcDateTime, jobs_role_of
from vetagenda_kit.migrations import isolate

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ABOVE_PRACTICES = ("staff_account", "staff_session", "staff_token", "staff_link")


def upgrade() -> None:
    _members()
    _accounts()
    _sessions()
    isolate(op, "gateway", "staff_member")
    for table in _ABOVE_PRACTICES:
        _only_for_jobs(table)
    _tell_of_changes()


def _members() -> None:
    op.create_table(
        "staff_member",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("practice_id", "account_id", name="staff_member_once"),
    )
    op.create_index("staff_member_of_account", "staff_member", ["account_id"])


def _accounts() -> None:
    op.create_table(
        "staff_account",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("email", sa.Text(), nullable=False, unique=True),
        sa.Column("password_hash", sa.Text()),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "staff_link",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
    )
    waiting = sa.text("sealed IS NOT NULL")
    op.create_index("staff_link_waiting", "staff_link", ["id"], postgresql_where=waiting)
    op.create_index("staff_link_age", "staff_link", ["expires_at"])


def _sessions() -> None:
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True)),
    )
    op.create_index("staff_session_of_account", "staff_session", ["account_id"])
    op.create_index("staff_session_age", "staff_session", ["expires_at"])
    op.create_table(
        "staff_token",
        sa.Column("digest", sa.LargeBinary(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer()),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
    )
    op.create_index("staff_token_of_session", "staff_token", ["session_id"])
    op.create_index("staff_token_age", "staff_token", ["expires_at"])


def _only_for_jobs(table: str) -> None:
    """No practice sees what lies above practices."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY jobs ON {table} TO {jobs_role_of('gateway')} USING (true)")


def _tell_of_changes() -> None:
    op.execute("""
        CREATE FUNCTION tell_of_changed_staff() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('gateway_staff', coalesce(NEW.account_id, OLD.account_id)::text);
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER staff_member_changed AFTER INSERT OR UPDATE OR DELETE ON staff_member
        FOR EACH ROW EXECUTE FUNCTION tell_of_changed_staff()
    """)
    op.execute("""
        CREATE TRIGGER staff_session_ended AFTER UPDATE OF ended_at OR DELETE ON staff_session
        FOR EACH ROW EXECUTE FUNCTION tell_of_changed_staff()
    """)


def downgrade() -> None:
    for table in ("staff_member", *_ABOVE_PRACTICES):
        op.drop_table(table)
    op.execute("DROP FUNCTION tell_of_changed_staff()")
