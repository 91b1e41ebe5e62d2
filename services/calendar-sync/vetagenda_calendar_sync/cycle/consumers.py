"""What the agenda tells marks rows dirty; the cycle asks for the facts when it settles them."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import col

from vetagenda_calendar_sync.cycle.pull import mark
from vetagenda_calendar_sync.links import commands
from vetagenda_calendar_sync.tables import CalendarLink, SyncEvent
from vetagenda_contracts.agenda import (
    APPOINTMENT_EVENTS,
    AppointmentEvent,
    CalendarDeleted,
    PracticeUpdated,
)
from vetagenda_contracts.events import Event
from vetagenda_kit.clock import system_now
from vetagenda_kit.consumers import Consumers, Delivery
from vetagenda_kit.db import WriteSession
from vetagenda_kit.own_connection import OwnConnection

_IS_LINKED = (
    "SELECT EXISTS (SELECT FROM calendar_link"
    " WHERE practice_id = $1 AND calendar_id = ANY (CAST($2 AS uuid[])) AND key IS NOT NULL)"
)


async def _is_linked(connection: OwnConnection, event: Event) -> bool:
    """Most practices have no link. One that is made later reads the whole column, so it misses nothing."""
    if not isinstance(event, AppointmentEvent):
        return True
    (found,) = await connection.fetch(_IS_LINKED, event.practice_id, list(_calendars(event)))
    return bool(found["exists"])


consumers = Consumers("calendar-sync", concerns=_is_linked)


@consumers.on(*APPOINTMENT_EVENTS)
async def mark_for_sync(session: WriteSession, event: AppointmentEvent, delivery: Delivery) -> None:
    """The link through which the change came need not echo it; any other may need it (R-ECHO)."""
    query = select(CalendarLink).where(
        col(CalendarLink.practice_id) == event.practice_id,
        col(CalendarLink.calendar_id).in_(_calendars(event)),
        col(CalendarLink.key).is_not(None),
    )
    for link in await session.scalars(query):
        if event.origin != f"calendar-sync:{link.id}":
            await _mark(session, link.id, event, delivery)


@consumers.on(CalendarDeleted)
async def end_with_the_calendar(session: WriteSession, event: CalendarDeleted, delivery: Delivery) -> None:
    """The links of a deleted column stop, and say why; nothing is deleted elsewhere."""
    query = select(CalendarLink).where(
        col(CalendarLink.practice_id) == event.practice_id,
        col(CalendarLink.calendar_id) == event.aggregate_id,
    )
    for link in await session.scalars(query.with_for_update()):
        await commands.end_with_its_calendar(session, link, system_now(), delivery.service.actor)


@consumers.on(PracticeUpdated)
async def follow_the_practice(session: WriteSession, event: PracticeUpdated, _delivery: Delivery) -> None:
    """Its language is in every event that we wrote, and its zone in every one that we write."""
    after = event.after or {}
    if not {"locale", "time_zone"} & set(event.fields):
        return
    links = select(col(CalendarLink.id)).where(col(CalendarLink.practice_id) == event.practice_id)
    values = {name: after[name] for name in ("locale", "time_zone") if name in after}
    await session.execute(update(CalendarLink).where(col(CalendarLink.id).in_(links)).values(**values))
    rows = select(col(SyncEvent.id)).where(col(SyncEvent.link_id).in_(links), ~col(SyncEvent.has_ended))
    await mark(session, list((await session.scalars(rows)).all()))


def _calendars(event: AppointmentEvent) -> set[UUID]:
    return {*event.after.calendar_ids, *(event.before.calendar_ids if event.before else ())}


async def _mark(session: WriteSession, link_id: UUID, event: AppointmentEvent, delivery: Delivery) -> None:
    query = select(SyncEvent).where(
        col(SyncEvent.link_id) == link_id, col(SyncEvent.appointment_id) == event.aggregate_id
    )
    row: SyncEvent | None = await session.scalar(query)
    if row is None:  # new in this column: the next scan must reach back to it
        reach = func.least(CalendarLink.agenda_read_to, delivery.envelope.time)
        link = update(CalendarLink).where(col(CalendarLink.id) == link_id)
        await session.execute(link.values(agenda_read_to=reach))
    elif event.version > row.known_version:
        await mark(session, [row.id])
