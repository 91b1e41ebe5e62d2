"""delivery ladders: the steps of a reminder, one channel after the other"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reminder", sa.Column("ladder_step", sa.Integer()))
    op.add_column("reminder", sa.Column("ladder_hours", sa.Integer()))
    _add("reminder", "ladder_look", sa.Boolean(), sa.false())
    op.create_index(
        "reminder_ladder_look", "reminder", ["practice_id"], postgresql_where=sa.text("ladder_look")
    )
    _add("reminder_rule", "delivery", sa.String(40), sa.text("'all'"))
    _add("reminder_rule", "step_hours", sa.Integer(), sa.text("48"))


def _add(table: str, name: str, kind: sa.types.TypeEngine[object], filled: sa.ColumnElement[object]) -> None:
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=filled))
    op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    op.drop_column("reminder_rule", "step_hours")
    op.drop_column("reminder_rule", "delivery")
    op.drop_index("reminder_ladder_look", "reminder", postgresql_where=sa.text("ladder_look"))
    for name in ("ladder_look", "ladder_hours", "ladder_step"):
        op.drop_column("reminder", name)
