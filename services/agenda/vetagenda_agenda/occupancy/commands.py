"""Taking and freeing time. The only place that writes the occupancy table.

Order matters: the rows of the calendars are locked first, in id order, so that racers queue instead of
deadlocking on the exclusion constraint; the constraint is the net under it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Range
from sqlalchemy import Row, Select, bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from vetagenda_agenda.occupancy import covered
from vetagenda_agenda.occupancy.freed import Freed, note
from vetagenda_agenda.occupancy.laying import lift_all, row_of
from vetagenda_agenda.occupancy.locks import lock_calendars, lock_if_free
from vetagenda_agenda.occupancy.queries import LIES_IN
from vetagenda_agenda.occupancy.rules import Cap, CapReached, HeldStart, TimeTaken
from vetagenda_agenda.tables import Appointment, Calendar, Occupancy
from vetagenda_kit.db import WriteSession, sqlstate
from vetagenda_kit.ids import uuid7

EXCLUSION_VIOLATION = "23P01"

# Frees what has expired or is being replaced, and answers what else lies there, in one snapshot.
_ROOM = f"""
    WITH freed AS (
        DELETE FROM occupancy
        WHERE calendar_id = ANY (:calendars) AND id IN (
            SELECT id FROM occupancy WHERE subject_id = ANY (:own)
            UNION ALL SELECT id FROM occupancy WHERE kind = 'hold' AND expires_at <= :now AND {LIES_IN}
        )
        RETURNING calendar_id, during, subject_id
    ),
    taken AS MATERIALIZED (
        SELECT calendar_id FROM occupancy
        WHERE calendar_id = ANY (:calendars) AND {LIES_IN}
          AND NOT subject_id = ANY (:own) AND NOT (kind = 'hold' AND expires_at <= :now)
        UNION ALL
        SELECT NULL FROM closure
        WHERE practice_id = :practice AND deleted_at IS NULL AND tstzrange(start, "end") && :during
    )
"""
# What lies there has no `during` in the answer, what was freed has its own.
_FOUND = """
    SELECT calendar_id, CAST(NULL AS tstzrange) AS during, CAST(NULL AS uuid) AS subject_id FROM taken
    UNION ALL SELECT calendar_id, during, subject_id FROM freed
"""
_DURING = bindparam("during", type_=TSTZRANGE)
_MAKE_ROOM = text(f"{_ROOM} {_FOUND}").bindparams(_DURING)
# Whatever is freed is gone before anything is put there: the count cannot be had earlier.
_TAKE = text(
    f"""
    {_ROOM},
    put AS (
        INSERT INTO occupancy (id, practice_id, calendar_id, during, exclusive, kind, subject_id, expires_at,
                               held_type_id, held_start)
        SELECT id, :practice, calendar_id, :during, NOT EXISTS (SELECT FROM taken), CAST(:kind AS text),
               CAST(:subject AS uuid), CAST(:expires_at AS timestamptz),
               CAST(:held_type AS uuid), CAST(:held_start AS timestamptz)
        FROM unnest(CAST(:ids AS uuid[]), CAST(:calendars AS uuid[])) AS new (id, calendar_id)
        WHERE (SELECT count(*) FROM freed) >= 0 AND (:may_overlap OR NOT EXISTS (SELECT FROM taken))
    )
    {_FOUND}
    """
).bindparams(_DURING)


async def make_room(
    session: WriteSession,
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    during: tuple[datetime, datetime],
    *,
    now: datetime,
    own: Collection[UUID] = (),
) -> list[UUID]:
    """Under the lock: drop what is expired and `own`, and answer the calendars in which something lies."""
    asked = _asked(practice_id, calendar_ids, during, now, own)
    rows = (await session.execute(_MAKE_ROOM, asked)).all()
    _note_freed(session, practice_id, rows, during)
    return _taken(rows, calendar_ids)


def _asked(
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    during: tuple[datetime, datetime],
    now: datetime,
    own: Collection[UUID],
) -> dict[str, Any]:
    return {
        "calendars": list(calendar_ids),
        "own": list(own),
        "during": Range(*during),
        "now": now,
        "practice": practice_id,
    }


def _taken(rows: Sequence[Row[Any]], calendar_ids: Sequence[UUID]) -> list[UUID]:
    taken = {row.calendar_id for row in rows if row.during is None}
    return sorted(calendar_ids if None in taken else taken)


def _note_freed(
    session: WriteSession, practice_id: UUID, rows: Sequence[Row[Any]], during: tuple[datetime, datetime]
) -> None:
    """What was given up beyond the time that is taken at once: an expired hold that lay across its edge."""
    for row in rows:
        if row.during is not None and not during[0] <= row.during.lower < row.during.upper <= during[1]:
            note(session, Freed(practice_id, row.subject_id, (row.calendar_id,), _period(row.during)))


def _period(during: Any) -> tuple[datetime, datetime]:
    return during.lower, during.upper


async def take(
    session: WriteSession,
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    during: tuple[datetime, datetime],
    *,
    kind: str,
    subject_id: UUID,
    now: datetime,
    own: Collection[UUID] = (),
    may_overlap: bool = False,
    expires_at: datetime | None = None,
    held: HeldStart | None = None,
) -> bool:
    """Take the time in every calendar or raise TimeTaken. `own` are subjects that are replaced.

    With `may_overlap` it lies over what is there instead, not exclusively; the answer says whether it did.
    `held` is what caps count of a hold.
    """
    await lock_calendars(session, calendar_ids)
    wanted = {
        **_asked(practice_id, calendar_ids, during, now, (subject_id, *own)),
        "ids": [uuid7() for _ in calendar_ids],
        "kind": kind,
        "subject": subject_id,
        "expires_at": expires_at,
        "held_type": held.appointment_type_id if held else None,
        "held_start": held.start if held else None,
        "may_overlap": may_overlap,
    }
    try:
        rows = (await session.execute(_TAKE, wanted)).all()
    except IntegrityError as error:
        if sqlstate(error) == EXCLUSION_VIOLATION:
            raise TimeTaken() from error
        raise
    _note_freed(session, practice_id, rows, during)
    taken = _taken(rows, calendar_ids)
    if taken and not may_overlap:
        raise TimeTaken(calendar_ids=[str(calendar) for calendar in taken])
    if taken:
        covered.note(session, practice_id)
    return bool(taken)


async def lengthen(
    session: WriteSession,
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    subject_id: UUID,
    more: tuple[datetime, datetime],
    *,
    now: datetime,
) -> None:
    """Let what a subject takes end at the end of `more`, which begins where it ends now.

    Only `more` must be free: what was booked over something on purpose can still be made longer.
    """
    await lock_calendars(session, calendar_ids)
    if taken := await make_room(session, practice_id, calendar_ids, more, now=now):
        raise TimeTaken(calendar_ids=[str(calendar) for calendar in taken])
    during = func.tstzrange(func.lower(col(Occupancy.during)), more[1])
    await session.execute(
        update(Occupancy)
        .where(col(Occupancy.subject_id) == subject_id)
        .values(during=during)
        .execution_options(synchronize_session=False)
    )


async def lay_over(
    session: WriteSession,
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    start: datetime,
    end: datetime,
    kind: str,
    subject_id: UUID,
) -> None:
    """Absences and blocks: busy for everybody else, but they refuse nothing that is already there.

    Takes the calendars' locks too, so that no booking under way misses it."""
    await lock_calendars(session, calendar_ids)
    await _insert(session, practice_id, calendar_ids, (start, end), kind, subject_id)
    covered.note(session, practice_id)


async def _insert(
    session: WriteSession,
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    during: tuple[datetime, datetime],
    kind: str,
    subject_id: UUID,
) -> None:
    rows = [row_of(practice_id, calendar_id, kind, subject_id, during) for calendar_id in calendar_ids]
    await session.execute(insert(Occupancy).values(rows))


async def release(session: WriteSession, subject_id: UUID) -> None:
    """Free what a subject takes, and note it for those who wait."""
    await lift_all(session, [subject_id])


async def lock_hold(session: WriteSession, hold_id: UUID) -> bool:
    """Lock the calendars in which a hold lies, before it is released: whoever takes time there deletes it too
    once it has expired, and would wait for us while we wait for the calendar. False when that could only be
    waited for at the risk of a deadlock."""
    query = (
        select(col(Occupancy.calendar_id))
        .join(Calendar, col(Calendar.id) == col(Occupancy.calendar_id))
        .where(col(Occupancy.subject_id) == hold_id, col(Calendar.deleted_at).is_(None))
    )
    return await lock_if_free(session, set((await session.scalars(query)).all()))


async def rename(session: WriteSession, subject_id: UUID, kind: str) -> None:
    """What a subject takes is of another kind now: a request that was accepted."""
    statement = update(Occupancy).where(col(Occupancy.subject_id) == subject_id).values(kind=kind)
    await session.execute(statement.execution_options(synchronize_session=False))


async def check_caps(
    session: WriteSession, caps: Sequence[Cap], *, now: datetime, own: Collection[UUID] = ()
) -> None:
    """Count living appointments and live holds under a lock of the type. Raises CapReached.

    Call before `take`, and with the calendars locked: everybody waits in that order. `own` are holds that are
    given up for what is booked, or the appointment that is moved.
    """
    for cap in sorted(caps, key=lambda each: each.appointment_type_id):
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        await session.execute(lock, {"name": f"cap {cap.appointment_type_id}"})
        counted = select(_booked(cap, own).scalar_subquery() + _held(cap, now, own).scalar_subquery())
        if (await session.execute(counted)).scalar_one() >= cap.limit:
            raise CapReached("the cap for this type is reached", rule="cap")


def _booked(cap: Cap, own: Collection[UUID]) -> Select[int]:
    return select(func.count()).where(
        col(Appointment.appointment_type_id) == cap.appointment_type_id,
        col(Appointment.status).not_in(("cancelled",)),
        col(Appointment.start) >= cap.from_,
        col(Appointment.start) < cap.to,
        col(Appointment.id).not_in(own),
    )


def _held(cap: Cap, now: datetime, own: Collection[UUID]) -> Select[int]:
    """A hold in several calendars is one start."""
    return select(func.count(col(Occupancy.subject_id).distinct())).where(
        col(Occupancy.kind) == "hold",
        col(Occupancy.held_type_id) == cap.appointment_type_id,
        col(Occupancy.held_start) >= cap.from_,
        col(Occupancy.held_start) < cap.to,
        col(Occupancy.expires_at) > now,
        col(Occupancy.subject_id).not_in(own),
    )
