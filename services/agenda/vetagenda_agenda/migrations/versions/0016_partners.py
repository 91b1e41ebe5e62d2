"""partners: who is let in, which owners are invited and connected, who may be known twice"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from vetagenda_kit.migrations import isolate

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")


def _instant(name, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _tenant(table, *columns):
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(f"ix_{table}_practice_id", table, ["practice_id"])
    isolate(op, "agenda", table)


def upgrade() -> None:
    op.create_table(
        "partner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("terms_version", sa.String(), nullable=False),
        sa.Column("terms_url", sa.String(), nullable=False),
        sa.Column("invitation_url", sa.String(), nullable=True),
        _instant("created_at", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _tenant(
        "partner_activation",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("terms_version", sa.String(), nullable=False),
        sa.Column("accepted_by", sa.String(), nullable=False),
        sa.Column("accepted_through", sa.String(), nullable=False),
        _instant("accepted_at", nullable=False),
        sa.Column("calendar_ids", postgresql.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("appointment_type_ids", postgresql.ARRAY(sa.Uuid()), nullable=True),
        _instant("ended_at"),
        sa.Column("ended_by", sa.String(), nullable=True),
    )
    once = ["practice_id", "partner_id"]
    op.create_index(
        "partner_activation_once", "partner_activation", once, unique=True, postgresql_where=_OPEN
    )
    _tenant(
        "privacy_text",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        _instant("put_at", nullable=False),
        sa.Column("put_by", sa.String(), nullable=False),
    )
    op.create_index("privacy_text_once", "privacy_text", ["practice_id", "number"], unique=True)
    _tenant(
        "partner_invitation",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("email_digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        _instant("issued_at", nullable=False),
        _instant("expires_at", nullable=False),
        _instant("ordered_at"),
        _instant("accepted_at"),
        _instant("withdrawn_at"),
    )
    to_send = sa.text("ordered_at IS NULL")
    op.create_index("partner_invitation_to_send", "partner_invitation", ["id"], postgresql_where=to_send)
    op.create_index("partner_invitation_of_owner", "partner_invitation", ["owner_id", "partner_id"])
    _tenant(
        "partner_connection",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("privacy_text_number", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        _instant("connected_at", nullable=False),
        _instant("ended_at"),
        sa.Column("ended_by", sa.String(), nullable=True),
    )
    once = ["practice_id", "partner_id", "owner_id"]
    op.create_index(
        "partner_connection_once", "partner_connection", once, unique=True, postgresql_where=_OPEN
    )
    op.create_index("partner_connection_of_owner", "partner_connection", ["owner_id"])
    _tenant(
        "likely_duplicate",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("because", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        _instant("found_at", nullable=False),
        _instant("settled_at"),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
    )
    op.create_index("likely_duplicate_once", "likely_duplicate", ["owner_id", "other_id"], unique=True)
    undecided = sa.text("settled_at IS NULL")
    op.create_index(
        "likely_duplicate_open", "likely_duplicate", ["practice_id", "id"], postgresql_where=undecided
    )


def downgrade() -> None:
    for table in (
        "likely_duplicate",
        "partner_connection",
        "partner_invitation",
        "privacy_text",
        "partner_activation",
        "partner",
    ):
        op.drop_table(table)
