"""Marks the red lines that a change of the catalogue may have mended, to be judged again soon."""

from sqlalchemy import update
from sqlmodel import col

from vetagenda_kit.db import WriteSession
from vetagenda_reminders.tables import Tenant
from vetagenda_reminders.visits.rules import State
from vetagenda_reminders.visits.tables import VisitLine


async def look_again(session: WriteSession, changed: Tenant) -> None:
    """A template, a rule, a product or an act has changed or is gone."""
    statement = update(VisitLine).where(
        col(VisitLine.practice_id) == changed.practice_id, col(VisitLine.state) == State.RED
    )
    await session.execute(statement.values(look_again=True).execution_options(synchronize_session=False))
