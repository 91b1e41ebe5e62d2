"""erasures: whose data was erased, and who has done their part"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_LISTS = ("animal_ids", "appointment_ids", "document_ids", "invitation_ids")
_TIMES = ("remembered_at", "files_gone_at", "tried_at", "finished_at")


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        *(sa.Column(name, postgresql.ARRAY(sa.Uuid()), nullable=False) for name in _LISTS),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("waits_for", postgresql.JSONB(), nullable=False),
        *(sa.Column(name, UtcDateTime(timezone=True), nullable=True) for name in _TIMES),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("practice_id", "owner_id", name="erasure_once"),
    )
    op.create_index("ix_erasure_practice_id", "erasure", ["practice_id"])
    op.create_index(
        "erasure_open", "erasure", ["tried_at"], postgresql_where=sa.text("finished_at IS NULL")
    )
    isolate(op, "agenda", "erasure")


def downgrade() -> None:
    op.drop_table("erasure")
