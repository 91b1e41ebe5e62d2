"""Can an entry be served at all? Who waits for what cannot come should hear it at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from vetagenda_agenda.tables import AppointmentType
from vetagenda_agenda.waitlist import fitting, queries, rules
from vetagenda_agenda.waitlist.fitting import Seeker
from vetagenda_agenda.waitlist.rules import Period
from vetagenda_agenda.waitlist.schemas import NewWaitlistEntry, WaitlistEntryPatch
from vetagenda_agenda.waitlist.tables import WaitlistEntry
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import InvalidRequest


async def check_new(
    session: WriteSession,
    practice_id: UUID,
    request: NewWaitlistEntry,
    kind: AppointmentType | None,
    available: Period,
    now: datetime,
) -> None:
    """Raises InvalidRequest at the calendars, or at the field that sets the end of the slice."""
    await _check_suit(session, practice_id, kind, request.calendar_ids, available)
    rules.check_to_come(available, now, _given(request))
    await _check_length(session, practice_id, kind, request.calendar_ids, available, now, _given(request))


async def check_changed(
    session: WriteSession,
    entry: WaitlistEntry,
    patch: WaitlistEntryPatch,
    available: Period,
    now: datetime,
) -> None:
    """What is left as it is is not judged again: a slice may be over by now. Raises InvalidRequest."""
    wanted = entry.calendar_ids if patch.calendar_ids is None else patch.calendar_ids
    kind = await session.get(AppointmentType, entry.appointment_type_id)
    if set(wanted) != set(entry.calendar_ids):
        await _check_suit(session, entry.practice_id, kind, wanted, available)
    if available != (entry.available_from, entry.available_to):
        rules.check_to_come(available, now, _given(patch))
        await _check_length(session, entry.practice_id, kind, wanted, available, now, _given(patch))
    elif set(wanted) != set(entry.calendar_ids):
        begun = available[0]
        await _check_length(session, entry.practice_id, kind, wanted, available, begun, "/calendar_ids")


def _given(request: NewWaitlistEntry | WaitlistEntryPatch) -> str:
    return "/available_from" if request.available_to is None else "/available_to"


async def _check_suit(
    session: WriteSession, practice_id: UUID, kind: Any, wanted: Sequence[UUID], available: Period
) -> None:
    """What would do without the wanted calendars must do with them. Raises InvalidRequest.

    A type that nothing in the practice can take is waited for all the same: its calendar may be made yet.
    """
    calendars = await queries.calendars(session, practice_id)
    anywhere, there = Seeker(kind, (), available), Seeker(kind, wanted, available)
    if fitting.shortest(there, calendars) is None and fitting.shortest(anywhere, calendars) is not None:
        raise InvalidRequest.at("/calendar_ids", "this type of appointment takes place in none of these")


async def _check_length(
    session: WriteSession,
    practice_id: UUID,
    kind: Any,
    wanted: Sequence[UUID],
    available: Period,
    now: datetime,
    at: str,
) -> None:
    seeker = Seeker(kind, wanted, available)
    shortest = fitting.shortest(seeker, await queries.calendars(session, practice_id))
    if shortest is not None:
        rules.check_length(available, now, shortest, at)
