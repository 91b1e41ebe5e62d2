"""keys of partners, and which owners' events their apps may see"""

import sqlalchemy as sa
from alembic import op

from vetagenda_kit.migrations import isolate

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("partner_id", sa.Uuid()))
    op.add_column("api_key", sa.Column("partner_kind", sa.Text()))
    op.add_column("webhook_endpoint", sa.Column("partner_id", sa.Uuid()))
    op.add_column("webhook_endpoint", sa.Column("contact_email", sa.Text()))
    due = sa.Column("is_email_due", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("webhook_endpoint", due)
    op.create_table(
        "partner_reach",
        sa.Column("practice_id", sa.Uuid(), primary_key=True),
        sa.Column("partner_id", sa.Uuid(), primary_key=True),
        sa.Column("activation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("calendar_ids", sa.ARRAY(sa.Uuid())),
        sa.Column("appointment_type_ids", sa.ARRAY(sa.Uuid())),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "connected_owner",
        sa.Column("connection_id", sa.Uuid(), primary_key=True),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_connected", sa.Boolean(), nullable=False),
    )
    op.create_index("connected_owner_of", "connected_owner", ["practice_id", "partner_id", "owner_id"])
    for table in ("partner_reach", "connected_owner"):
        isolate(op, "gateway", table)


def downgrade() -> None:
    op.drop_table("connected_owner")
    op.drop_table("partner_reach")
    op.drop_column("webhook_endpoint", "is_email_due")
    op.drop_column("webhook_endpoint", "contact_email")
    op.drop_column("webhook_endpoint", "partner_id")
    op.drop_column("api_key", "partner_kind")
    op.drop_column("api_key", "partner_id")
