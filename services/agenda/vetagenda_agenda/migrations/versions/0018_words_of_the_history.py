"""the history is emptied of words that are older than they are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("words_gone", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("change", column)
    op.create_index("change_with_words", "change", ["at"], postgresql_where=sa.text("NOT words_gone"))


def downgrade() -> None:
    op.drop_index("change_with_words", table_name="change")
    op.drop_column("change", "words_gone")
