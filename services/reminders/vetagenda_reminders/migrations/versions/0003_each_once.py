"""what was named twice in a list that means a set, named once

Revision ID: 0003
Revises: 0002
"""
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ARRAYS = (("reminder_rule", "channels"), ("product", "rule_ids"))
CHOICES = ("confirmation", "notices", "request_received", "push_lead_hours")


def upgrade() -> None:
    for table, column in ARRAYS:
        op.execute(
            f"UPDATE {table} SET {column} = ARRAY("
            f"SELECT one FROM unnest({column}) WITH ORDINALITY AS named(one, place) GROUP BY one ORDER BY min(place))"
        )
    op.execute(
        "CREATE FUNCTION pg_temp.each_once(list jsonb) RETURNS jsonb LANGUAGE sql AS $$"
        " SELECT coalesce(jsonb_agg(one ORDER BY place), '[]') FROM ("
        " SELECT one, min(place) AS place FROM jsonb_array_elements(list) WITH ORDINALITY AS named(one, place)"
        " GROUP BY one) AS kept $$"
    )
    lists = ", ".join(f"'{name}', pg_temp.each_once(choices->'{name}')" for name in CHOICES)
    op.execute(
        f"UPDATE practice_settings SET choices = choices || jsonb_build_object({lists}, 'reminders', ("
        " SELECT coalesce(jsonb_agg("
        "  each || jsonb_build_object('channels', pg_temp.each_once(each->'channels')) ORDER BY place), '[]')"
        " FROM jsonb_array_elements(choices->'reminders') WITH ORDINALITY AS chosen(each, place)))"
    )


def downgrade() -> None:
    """The same lists, said once: nothing to take back."""
