"""the newest version seen of an aggregate, by the service that tells of it"""

from alembic import op

from vetagenda_kit.migrations import see_versions_by_id, see_versions_by_source

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    see_versions_by_source(op)


def downgrade() -> None:
    see_versions_by_id(op)
