"""Events are written anew by the ordinary cycle, from what the agenda says by now: times without a person.
What is remembered beside (values that lost, questions to people, the past of what ended) is emptied here."""

from uuid import UUID

from cryptography.fernet import MultiFernet
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlmodel import col

from vetagenda_calendar_sync.cycle.pull import mark
from vetagenda_calendar_sync.mapping.summary import WORDS
from vetagenda_calendar_sync.tables import CalendarLink, SyncBase, SyncConflict, SyncEvent
from vetagenda_contracts.privacy import DataSubject, Erased
from vetagenda_kit import idempotency
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession

_WORDS = ("title", "notes", "owner_name", "phone")
_QUESTIONS = ("held", "held_values", "verdict", "trail")
_IMPERSONAL = tuple(words[name] for words in WORDS.values() for name in ("type", "status"))


async def erase(
    session: WriteSession, practice_id: UUID, subject: DataSubject, cipher: MultiFernet
) -> Erased:
    """Not done before every linked calendar has the event without the person; then its link is asked for a
    cycle. A link that is paused or broken is waited for."""
    theirs = (
        col(SyncEvent.practice_id) == practice_id,
        col(SyncEvent.appointment_id).in_(subject.appointment_ids),
    )
    lost = delete(SyncConflict).where(
        col(SyncConflict.practice_id) == practice_id,
        col(SyncConflict.appointment_id).in_(subject.appointment_ids),
    )
    await session.execute(lost)
    await _drop_questions(session, theirs)
    await _forget_ended(session, theirs)
    await idempotency.forget(session, subject.mentions, cipher)
    behind = await _behind(session, theirs)
    await mark(session, [each.id for each in behind])
    links = {each.link_id for each in behind}
    soon = update(CalendarLink).where(col(CalendarLink.id).in_(links))
    await session.execute(soon.values(next_run_at=system_now()))
    return Erased(done=not behind, waits_for="calendar" if behind else None)


async def _drop_questions(session: WriteSession, theirs: tuple[ColumnElement[bool], ...]) -> None:
    """Whose answer would bring the words back: the agenda's holds."""
    asked = or_(*(col(getattr(SyncEvent, name)).is_not(None) for name in _QUESTIONS))
    dropped = update(SyncEvent).where(*theirs, asked)
    await session.execute(dropped.values(**dict.fromkeys(_QUESTIONS)))


async def _forget_ended(session: WriteSession, theirs: tuple[ColumnElement[bool], ...]) -> None:
    """Their events are gone. What they were is needed no more."""
    ended = select(col(SyncEvent.id)).where(*theirs, col(SyncEvent.has_ended), ~col(SyncEvent.is_dirty))
    ids = list((await session.scalars(ended)).all())
    await session.execute(delete(SyncBase).where(col(SyncBase.sync_event_id).in_(ids)))
    emptied = update(SyncEvent).where(col(SyncEvent.id).in_(ids))
    await session.execute(emptied.values(seen=None, agreed_revision=None))


async def _behind(session: WriteSession, theirs: tuple[ColumnElement[bool], ...]) -> list[SyncEvent]:
    """Rows in which something of the person still stands, or that no cycle has settled yet."""
    rows = (await session.scalars(select(SyncEvent).where(*theirs))).all()
    ids = [row.id for row in rows]
    bases = (await session.scalars(select(SyncBase).where(col(SyncBase.sync_event_id).in_(ids)))).all()
    telling = {base.sync_event_id for base in bases if _tells(base)}
    return [row for row in rows if row.is_dirty or row.id in telling]


def _tells(base: SyncBase) -> bool:
    """Whether its event told more than when it is, of what type and how it stands."""
    sent = base.sent
    lines = sent["block"].splitlines()
    return (
        any(base.agenda[name] for name in _WORDS)
        or bool(sent["location"] or sent["notes"])
        or not all(line.startswith(_IMPERSONAL) for line in lines)
    )
