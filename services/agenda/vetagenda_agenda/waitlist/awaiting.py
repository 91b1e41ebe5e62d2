"""What became free while somebody decided, and suited nobody else, is looked at again when they let go.

As the last thing of the transaction: it locks vacancies, and whoever has their calendars may be waiting for
them. One that somebody else has is left out: they find the entry locked, and look again by themselves.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import col

from vetagenda_agenda.waitlist.tables import Vacancy, WaitlistEntry
from vetagenda_kit.db import WriteSession

_LET_GO = "entries that let an offer go"


def note(session: WriteSession, entry: WaitlistEntry, now: datetime) -> None:
    session.info.setdefault(_LET_GO, []).append((entry, now))


async def look_again(session: WriteSession) -> None:
    """Before the commit, after all offers: the job looks at them in a moment."""
    for entry, now in session.info.pop(_LET_GO, []):
        await session.flush()
        suiting = (
            select(col(Vacancy.id))
            .where(
                col(Vacancy.practice_id) == entry.practice_id,
                col(Vacancy.awaited),
                col(Vacancy.start) < entry.available_to,
                col(Vacancy.end) > max(entry.available_from, now),
            )
            .with_for_update(skip_locked=True)
        )
        statement = update(Vacancy).where(col(Vacancy.id).in_(suiting)).values(awaited=False, pending=True)
        await session.execute(statement.execution_options(synchronize_session=False))
