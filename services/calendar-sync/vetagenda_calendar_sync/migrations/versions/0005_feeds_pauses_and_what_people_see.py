"""feeds, pauses and what people see"""

import sqlalchemy as sa
from alembic import op
from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.migrations import isolate

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('calendar_feed',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('calendar_id', sa.Uuid(), nullable=False),
    sa.Column('privacy', sa.Text(), nullable=False),
    sa.Column('past_days', sa.Integer(), nullable=False),
    sa.Column('future_days', sa.Integer(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('secret_made_at', UtcDateTime(), nullable=False),
    sa.Column('last_read_at', UtcDateTime(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('secret_hash', name='calendar_feed_secret')
    )
    op.create_index('calendar_feed_of_calendar', 'calendar_feed', ['practice_id', 'calendar_id'], unique=False)
    op.create_table('sync_pause',
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('since', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('subject_id')
    )
    op.create_table('setup_opening',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('link_id', sa.Uuid(), nullable=False),
    sa.Column('opened_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['calendar_link.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.add_column('calendar_link', sa.Column('starts_automatically', sa.Boolean(), nullable=False, server_default='true'))
    op.add_column('calendar_link', sa.Column('locale', sa.Text(), nullable=False, server_default='fr'))
    op.add_column('calendar_link', sa.Column('time_zone', sa.Text(), nullable=False, server_default='Europe/Paris'))
    op.add_column('calendar_link', sa.Column('last_to_remote_at', UtcDateTime(), nullable=True))
    op.add_column('calendar_link', sa.Column('last_to_agenda_at', UtcDateTime(), nullable=True))
    for column in ('starts_automatically', 'locale', 'time_zone'):
        op.alter_column('calendar_link', column, server_default=None)
    op.execute("ALTER TABLE calendar_link NO FORCE ROW LEVEL SECURITY")  # its owner is no tenant, and sees none
    op.execute(
        "INSERT INTO sync_pause (subject_id, practice_id, level, since)"
        " SELECT id, practice_id, 'link', updated_at FROM calendar_link WHERE state = 'paused'"
    )
    op.execute(
        "UPDATE calendar_link SET state = CASE WHEN tokens IS NULL THEN 'needs_reauth' ELSE 'active' END"
        " WHERE state = 'paused'"
    )
    op.execute("ALTER TABLE calendar_link FORCE ROW LEVEL SECURITY")
    for table in ('calendar_feed', 'sync_pause', 'setup_opening'):
        isolate(op, 'calendar-sync', table)
    op.execute(  # the platform's own pause concerns every practice, so each may know of it
        "CREATE POLICY platform ON sync_pause FOR SELECT TO vetagenda_calendar_sync"
        " USING (practice_id = '00000000-0000-0000-0000-000000000000')"
    )


def downgrade() -> None:
    for table in ('calendar_link', 'sync_pause'):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE calendar_link SET state = 'paused' WHERE id IN (SELECT subject_id FROM sync_pause)")
    op.execute("ALTER TABLE calendar_link FORCE ROW LEVEL SECURITY")
    op.drop_column('calendar_link', 'last_to_agenda_at')
    op.drop_column('calendar_link', 'last_to_remote_at')
    op.drop_column('calendar_link', 'time_zone')
    op.drop_column('calendar_link', 'locale')
    op.drop_column('calendar_link', 'starts_automatically')
    op.drop_table('setup_opening')
    op.drop_table('sync_pause')
    op.drop_index('calendar_feed_of_calendar', table_name='calendar_feed')
    op.drop_table('calendar_feed')
