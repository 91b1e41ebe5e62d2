"""acts beside products, visits and their lines"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from vetagenda_kit.migrations import isolate

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

KIND = sa.String(length=40)


def upgrade() -> None:
    op.add_column('product', sa.Column('kind', KIND, nullable=False, server_default='product'))
    op.alter_column('product', 'kind', server_default=None)
    op.add_column('product', sa.Column('category', sa.Text(), nullable=True))
    op.add_column('product', sa.Column('without_offered', sa.Boolean(), nullable=False, server_default='false'))
    op.alter_column('product', 'without_offered', server_default=None)
    op.create_table('visit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('animal_ids', ARRAY(sa.Uuid()), nullable=False),
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_visit_practice_id', 'visit', ['practice_id'])
    op.create_index('ix_visit_appointment_id', 'visit', ['appointment_id'])
    op.create_index('ix_visit_owner_id', 'visit', ['owner_id'])
    op.create_index('visit_of_animals', 'visit', ['animal_ids'], postgresql_using='gin')
    op.create_table('visit_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practice_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Uuid(), nullable=False),
    sa.Column('kind', KIND, nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('animal_id', sa.Uuid(), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('also_first', sa.Boolean(), nullable=False),
    sa.Column('rule_id', sa.Uuid(), nullable=True),
    sa.Column('without', sa.Boolean(), nullable=False),
    sa.Column('custom_on', sa.Date(), nullable=True),
    sa.Column('custom_channels', ARRAY(sa.Text()), nullable=False),
    sa.Column('custom_template_id', sa.Uuid(), nullable=True),
    sa.Column('state', KIND, nullable=False),
    sa.Column('administration_id', sa.Uuid(), nullable=True),
    sa.Column('look_again', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_visit_line_visit_id', 'visit_line', ['visit_id'])
    op.create_index('ix_visit_line_administration_id', 'visit_line', ['administration_id'])
    op.create_index('visit_line_again', 'visit_line', ['practice_id'], postgresql_where=sa.text('look_again'))
    op.create_index('visit_line_red', 'visit_line', ['practice_id'], postgresql_where=sa.text("state = 'red'"))
    for table in ('visit', 'visit_line'):
        isolate(op, "reminders", table)


def downgrade() -> None:
    op.drop_table('visit_line')
    op.drop_table('visit')
    for column in ('without_offered', 'category', 'kind'):
        op.drop_column('product', column)
