"""Who waits, and what becomes of an offer. Locks are always taken entry first, then offer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.appointments import commands as appointments
from vetagenda_agenda.appointments import references
from vetagenda_agenda.appointments.rules import LIVING
from vetagenda_agenda.appointments.schemas import InternalReschedule, PutAppointment
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.occupancy import freed
from vetagenda_agenda.occupancy.freed import Freed
from vetagenda_agenda.tables import Appointment, Calendar
from vetagenda_agenda.waitlist import awaiting, fitting, queries, rules, servable
from vetagenda_agenda.waitlist.fitting import Place
from vetagenda_agenda.waitlist.schemas import NewWaitlistEntry, WaitlistEntryPatch
from vetagenda_agenda.waitlist.tables import Offer, Vacancy, WaitlistEntry, WaitlistSetting
from vetagenda_agenda.waitlist.telling import ITSELF, snapshot, tell_entry, tell_offer
from vetagenda_contracts import agenda as events
from vetagenda_contracts.agenda import OfferEvent
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import NotFound


async def enter(
    session: WriteSession,
    practice_id: UUID,
    request: NewWaitlistEntry,
    setting: WaitlistSetting,
    context: Context,
) -> WaitlistEntry:
    """Raises NotFound, WaitlistOff, InvalidRequest."""
    kind = await references.appointment_type(session, request.appointment_type_id)
    await references.check_owner(session, request.owner_id)
    await references.check_animals(session, request.animal_ids, request.owner_id)
    await _check(session, practice_id, request.calendar_ids, request.appointment_id)
    if not setting.enabled:
        raise rules.WaitlistOff()
    start, end = rules.slice_of(request.available_from, request.available_to, setting.default_length)
    await servable.check_new(session, practice_id, request, kind, (start, end), context.now)
    recorded = system_now()
    entry = WaitlistEntry(
        **request.model_dump(exclude={"available_from", "available_to"}),
        id=uuid7(),
        practice_id=practice_id,
        available_from=start,
        available_to=end,
        created_at=recorded,
        updated_at=recorded,
    )
    session.add(entry)
    tell_entry(session, events.WaitlistEntryCreated, entry, context.actor, context.now, None, [])
    return entry


async def _check(
    session: WriteSession,
    practice_id: UUID,
    calendar_ids: list[UUID],
    appointment_id: UUID | None,
) -> None:
    for calendar_id in calendar_ids:
        found = await session.get(Calendar, calendar_id)
        if found is None or found.deleted_at is not None:
            raise NotFound(f"/calendar_ids: there is no such calendar: {calendar_id}")
    if appointment_id is not None:
        booked = await session.get(Appointment, appointment_id)
        if booked is None or booked.practice_id != practice_id:
            raise NotFound("/appointment_id: there is no such appointment")


async def change(
    session: WriteSession, entry: WaitlistEntry, patch: WaitlistEntryPatch, context: Context
) -> WaitlistEntry:
    """An offer that is open stays as long as it fits, else it goes to the next.

    Raises NotFound, InvalidRequest.
    """
    changes = patch.changes(exclude={"available_from", "available_to"})
    await references.check_animals(session, changes.get("animal_ids", []), entry.owner_id)
    calendar_ids, appointment_id = changes.get("calendar_ids", []), changes.get("appointment_id")
    await _check(session, entry.practice_id, calendar_ids, appointment_id)
    before = snapshot(entry)
    current = (entry.available_from, entry.available_to)
    start, end = rules.moved(current, patch.available_from, patch.available_to)
    await servable.check_changed(session, entry, patch, (start, end), context.now)
    changes |= {"available_from": start, "available_to": end}
    changed = {name: value for name, value in changes.items() if getattr(entry, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(entry, name, value)
        _touch(entry)
        updated, fields = events.WaitlistEntryUpdated, sorted(changed)
        tell_entry(session, updated, entry, context.actor, context.now, before, fields)
        await _withdraw_unfit(session, entry, context)
    return entry


async def _withdraw_unfit(session: WriteSession, entry: WaitlistEntry, context: Context) -> None:
    """What was offered to the entry as it was, and would not be offered to it as it is now."""
    offer = await open_offer(session, entry)
    if offer is not None and not await _still_fits(session, entry, offer):
        await _give_up(session, entry, offer, "withdrawn", events.OfferWithdrawn, context.actor, context.now)


async def _still_fits(session: WriteSession, entry: WaitlistEntry, offer: Offer) -> bool:
    await session.flush()
    vacancy = await session.get_one(Vacancy, offer.vacancy_id)
    made = Place(offer.calendar_ids, offer.start, offer.end, (offer.start, offer.end))
    available = entry.available_from, entry.available_to
    calendars = await queries.calendars(session, entry.practice_id)
    return fitting.still_fits(made, entry.calendar_ids, available, calendars) and await queries.could_take(
        session, entry, vacancy
    )


async def leave(session: WriteSession, entry: WaitlistEntry, context: Context) -> None:
    """No longer wait. What was just offered goes to the next."""
    before = snapshot(entry)
    offer = await open_offer(session, entry)
    entry.deleted_at = system_now()
    _touch(entry)
    tell_entry(session, events.WaitlistEntryDeleted, entry, context.actor, context.now, before, [])
    if offer is not None:
        await _give_up(session, entry, offer, "withdrawn", events.OfferWithdrawn, context.actor, context.now)


async def accept(session: WriteSession, entry: WaitlistEntry, offer: Offer, context: Context) -> Appointment:
    """Book the held time, or move the taker's earlier appointment there, which frees that one's in turn.

    Raises OfferExpired, OfferSettled, and TimeTaken when an absence or a closure is just being laid over it.
    """
    _check_open(offer, context.now)
    appointment = await _take(session, entry, offer, context)
    before, entry_before = snapshot(offer), snapshot(entry)
    _settle(offer, "accepted", context.now)
    offer.appointment_id = appointment.id
    more = {"appointment_id": appointment.id}
    accepted = events.OfferAccepted
    tell_offer(session, accepted, offer, entry, context.actor, context.now, before, **more)
    entry.status, entry.appointment_id = "booked", appointment.id
    _touch(entry)
    booked, fields = events.WaitlistEntryBooked, ["appointment_id", "status"]
    tell_entry(session, booked, entry, context.actor, context.now, entry_before, fields)
    _offer_on(session, offer)
    return appointment


async def _take(session: WriteSession, entry: WaitlistEntry, offer: Offer, context: Context) -> Appointment:
    earlier = entry.appointment_id and await appointments.for_update(
        session, entry.practice_id, entry.appointment_id
    )
    where = {"calendar_ids": offer.calendar_ids, "start": offer.start, "end": offer.end, "hold_id": offer.id}
    if earlier and earlier.status in LIVING:
        move = InternalReschedule(**where, by="practice")
        return await appointments.reschedule(session, earlier, move, context)
    order = PutAppointment(
        **where,
        source="staff",
        appointment_type_id=entry.appointment_type_id,
        owner_id=entry.owner_id,
        animal_ids=entry.animal_ids,
    )
    return await appointments.book(session, entry.practice_id, order, context)


async def decline(session: WriteSession, entry: WaitlistEntry, offer: Offer, context: Context) -> None:
    """The entry goes on waiting, the slot goes to the next. Raises OfferExpired, OfferSettled."""
    _check_open(offer, context.now)
    await _give_up(session, entry, offer, "declined", events.OfferDeclined, context.actor, context.now)


async def expire(session: WriteSession, offer_id: UUID, now: datetime) -> bool:
    """The time to decide is over. False when somebody decided first."""
    offer = await session.get(Offer, offer_id)
    if offer is None:
        return False
    await session.get(WaitlistEntry, offer.entry_id, with_for_update=True)
    offer = await session.get_one(Offer, offer_id, with_for_update=True, populate_existing=True)
    if offer.status != "open" or offer.expires_at > now:
        return False
    entry = await session.get_one(WaitlistEntry, offer.entry_id)
    await _give_up(session, entry, offer, "expired", events.OfferExpired, ITSELF, now)
    return True


async def withdraw(session: WriteSession, entry: WaitlistEntry, offer: Offer, now: datetime) -> None:
    """It cannot be accepted any more: the entry goes on waiting, and may be offered another time."""
    await _give_up(session, entry, offer, "withdrawn", events.OfferWithdrawn, ITSELF, now)


async def open_offer(session: WriteSession, entry: WaitlistEntry) -> Offer | None:
    query = select(Offer).where(col(Offer.entry_id) == entry.id, col(Offer.status) == "open")
    return (await session.scalars(query.with_for_update())).first()


def _check_open(offer: Offer, now: datetime) -> None:
    if offer.status == "expired" or (offer.status == "open" and offer.expires_at <= now):
        raise rules.OfferExpired()
    if offer.status != "open":
        raise rules.OfferSettled(f"it was {offer.status}", offer_status=offer.status)


async def _give_up(
    session: WriteSession,
    entry: WaitlistEntry,
    offer: Offer,
    status: str,
    kind: type[OfferEvent],
    actor: Actor,
    now: datetime,
) -> None:
    before = snapshot(offer)
    await occupancy.lock_hold(session, offer.id)
    await occupancy.release(session, offer.id)
    _settle(offer, status, now)
    tell_offer(session, kind, offer, entry, actor, now, before)
    _offer_on(session, offer)
    awaiting.note(session, entry, now)


def _offer_on(session: WriteSession, offer: Offer) -> None:
    """What it leaves goes to the next, also when its hold is long gone."""
    period = offer.start, offer.end
    freed.note(session, Freed(offer.practice_id, offer.id, tuple(offer.calendar_ids), period))


def _settle(offer: Offer, status: str, now: datetime) -> None:
    offer.status, offer.decided_at = status, now
    offer.version += 1


def _touch(entry: WaitlistEntry) -> None:
    entry.version += 1
    entry.updated_at = system_now()
