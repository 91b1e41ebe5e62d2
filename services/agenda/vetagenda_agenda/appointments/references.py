"""What an appointment points to exists in this practice; a new owner and new animals are made with it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.appointments import rules
from vetagenda_agenda.appointments.schemas import NewAppointment, PutAppointment
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.owners import ANIMALS, OWNERS, NewAnimal
from vetagenda_agenda.tables import Animal, Appointment, AppointmentType, Calendar, Owner
from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import InvalidRequest, NotFound

_BY_ORDER = Actor(kind="service", id="agenda")
_LOCKED_TYPE = "locked type"


@dataclass
class References:
    appointment_type: AppointmentType | None = None
    owner_id: UUID | None = None
    animal_ids: list[UUID] = field(default_factory=list)


async def of(session: WriteSession, practice_id: UUID, request: NewAppointment) -> References:
    """Raises NotFound, naming the field, for an id that this practice does not have."""
    kind = await appointment_type(session, request.appointment_type_id)
    free_form = isinstance(request, PutAppointment) and request.allow_overlap
    if kind is not None and request.override is None and not free_form:
        await _meets(session, kind, request.calendar_ids)
    await check_owner(session, request.owner_id)
    await check_animals(session, request.animal_ids, request.owner_id)
    refs = References(kind, request.owner_id, list(request.animal_ids))
    if isinstance(request, PutAppointment):
        await _make_records(session, practice_id, request, refs)
    return refs


async def _make_records(
    session: WriteSession, practice_id: UUID, request: PutAppointment, refs: References
) -> None:
    if request.owner is not None and refs.owner_id is None:
        with _named_below("/owner"):
            owner = await records.create(session, OWNERS, practice_id, request.owner, _BY_ORDER)
        refs.owner_id = owner.id
    if refs.owner_id is None:
        return
    for each in request.animals:
        new = NewAnimal(owner_id=refs.owner_id, **each.model_dump())
        animal = await records.create(session, ANIMALS, practice_id, new, _BY_ORDER)
        refs.animal_ids.append(animal.id)


@contextmanager
def _named_below(pointer: str) -> Iterator[None]:
    """A record that an order brings along stands below a field of the order."""
    try:
        yield
    except InvalidRequest as refused:
        errors = [each | {"pointer": pointer + each["pointer"]} for each in refused.members.get("errors", [])]
        raise InvalidRequest(refused.detail, errors=errors) from refused


def note_type(session: WriteSession, type_id: UUID | None) -> None:
    """For who has locked the type while reading it."""
    session.info[_LOCKED_TYPE] = type_id


# Types, owners and animals are locked FOR KEY SHARE, as a foreign key does: nobody deletes them meanwhile.
async def appointment_type(session: WriteSession, type_id: UUID | None) -> AppointmentType | None:
    if type_id is None:
        return None
    locked = session.info.get(_LOCKED_TYPE) == type_id
    lock = None if locked else {"read": True, "key_share": True}
    found = await session.get(AppointmentType, type_id, with_for_update=lock)
    if found is None or found.deleted_at is not None:
        raise NotFound("/appointment_type_id: there is no such appointment type")
    return found


async def check_calendars(session: WriteSession, type_id: UUID | None, calendar_ids: Sequence[UUID]) -> None:
    """For a move to other calendars: the type's requirements still hold."""
    kind = await session.get(AppointmentType, type_id) if type_id else None
    if kind is not None:
        await _meets(session, kind, calendar_ids)


async def _meets(session: WriteSession, kind: AppointmentType, calendar_ids: Sequence[UUID]) -> None:
    if not kind.requires:
        return
    found = [await session.get(Calendar, each) for each in calendar_ids]
    kinds = {calendar.id: calendar.kind for calendar in found if calendar is not None}
    if missing := [each for each in calendar_ids if each not in kinds]:
        raise NotFound(f"/calendar_ids: there is no such calendar: {missing[0]}")
    rules.check_requirements(kind.requires, kinds, calendar_ids)


async def check_owner(session: WriteSession, owner_id: UUID | None) -> None:
    if owner_id is None:
        return
    owner = await session.get(Owner, owner_id, with_for_update={"read": True, "key_share": True})
    if owner is None or owner.deleted_at is not None:
        raise NotFound("/owner_id: there is no such owner")


async def check_animals(
    session: WriteSession, animal_ids: Sequence[UUID], owner_id: UUID | None = None
) -> None:
    """They exist and, with an owner, are that owner's: an owner never reads of another's animal."""
    if not animal_ids:
        return
    query = select(col(Animal.id), col(Animal.owner_id)).where(
        col(Animal.id).in_(animal_ids), col(Animal.deleted_at).is_(None)
    )
    query = query.order_by(col(Animal.id)).with_for_update(read=True, key_share=True)
    owners: dict[UUID, UUID] = dict((await session.execute(query)).all())
    if missing := [each for each in animal_ids if each not in owners]:
        raise NotFound(f"/animal_ids: there is no such animal: {missing[0]}")
    for number, animal_id in enumerate(animal_ids):
        if owner_id is not None and owners[animal_id] != owner_id:
            raise InvalidRequest.at(f"/animal_ids/{number}", f"this is another owner's animal: {animal_id}")


async def check_patch(session: WriteSession, appointment: Appointment, changes: dict[str, Any]) -> None:
    """What is left as it is is not judged again: an animal may have found another owner since."""
    if changes.get("appointment_type_id") != appointment.appointment_type_id:
        await appointment_type(session, changes.get("appointment_type_id"))
    owner_id = changes.get("owner_id", appointment.owner_id)
    await check_owner(session, changes.get("owner_id"))
    if "animal_ids" in changes:
        await check_animals(session, changes["animal_ids"], owner_id)
    elif owner_id != appointment.owner_id:
        await _keeps_animals(session, appointment.animal_ids, owner_id)


async def _keeps_animals(session: WriteSession, animal_ids: Sequence[UUID], owner_id: UUID | None) -> None:
    query = select(col(Animal.id)).where(col(Animal.id).in_(animal_ids), col(Animal.owner_id) != owner_id)
    if owner_id is not None and (others := (await session.scalars(query)).first()):
        raise InvalidRequest.at("/owner_id", f"the animals are another owner's, {others} for one")
