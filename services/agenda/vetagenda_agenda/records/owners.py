"""Owners and animals (AGD-1, AGD-12). A phone number is not unique: families share one."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import Query
from sqlalchemy import inspect, select
from sqlmodel import col

from vetagenda_agenda.appointments.rules import LIVING
from vetagenda_agenda.phones import e164
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.records.lifetimes import check_past
from vetagenda_agenda.records.resource import Resource
from vetagenda_agenda.records.species import Species
from vetagenda_agenda.schemas import Address, Locale, Phone, Remark
from vetagenda_agenda.tables import Animal, Appointment, Owner, UpdateItem
from vetagenda_agenda.updates import commands as updates
from vetagenda_contracts import agenda as events
from vetagenda_kit.db import WriteSession
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.models import Day, Name, PatchModel, RequestModel, ShortText, ViewModel
from vetagenda_kit.problems import InvalidRequest, NotFound


class Consents(RequestModel):
    """What the owner agreed to be reached by."""

    sms: bool = False
    email: bool = False
    letter: bool = False
    phone: bool = False


class NewOwner(RequestModel):
    """`remark` is what the practice's people should know, seen by them alone."""

    given_name: ShortText = ""
    family_name: Name
    phone: Phone | None = None
    email: EmailAddress | None = None
    address: Address | None = None
    locale: Locale | None = None
    birth_date: Day | None = None
    remark: Remark = ""
    consents: Consents = Consents()


class OwnerPatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset({"phone", "email", "address", "locale", "birth_date"})

    given_name: ShortText | None = None
    family_name: Name | None = None
    phone: Phone | None = None
    email: EmailAddress | None = None
    address: Address | None = None
    locale: Locale | None = None
    birth_date: Day | None = None
    remark: Remark | None = None
    consents: Consents | None = None


class OwnerView(ViewModel):
    id: UUID
    practice_id: UUID
    version: int
    given_name: str
    family_name: str
    phone: str | None
    phone_e164: str | None
    email: str | None
    address: Any
    locale: str | None
    birth_date: date | None
    remark: str
    consents: Consents
    created_at: datetime


class NewAnimal(RequestModel):
    owner_id: UUID
    name: Name
    species: Species | None = None
    breed: ShortText | None = None
    born_on: Day | None = None
    deceased_on: Day | None = None


class AnimalPatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset({"species", "breed", "born_on", "deceased_on"})

    owner_id: UUID | None = None
    name: Name | None = None
    species: Species | None = None
    breed: ShortText | None = None
    born_on: Day | None = None
    deceased_on: Day | None = None


class AnimalView(ViewModel):
    id: UUID
    practice_id: UUID
    version: int
    owner_id: UUID
    name: str
    species: str | None
    breed: str | None
    born_on: date | None
    deceased_on: date | None
    created_at: datetime


async def _normalise(session: WriteSession, owner: Owner) -> None:
    written = {"birth_date": owner.birth_date} if _is_written(owner, "birth_date") else {}
    practice = await practices.practice(session, owner.practice_id)
    check_past(written, practices.today(practice))
    owner.phone_e164 = e164(owner.phone, practice.country)


async def _plausible(session: WriteSession, animal: Animal) -> None:
    _lived(animal)
    written = _written_days(animal)  # asked before a query writes the row, which forgets it
    practice = await practices.practice(session, animal.practice_id)
    check_past(written, practices.today(practice))
    owner = await session.get(Owner, animal.owner_id)
    if owner is None or owner.deleted_at is not None:
        raise NotFound("/owner_id: there is no such owner")


def _lived(animal: Animal) -> None:
    """Raises InvalidRequest at the day that is written, when it died before it was born."""
    born, died = animal.born_on, animal.deceased_on
    if born is None or died is None or born <= died:
        return
    if _is_written(animal, "deceased_on"):
        raise InvalidRequest.at("/deceased_on", f"the animal was born later, on {born}")
    raise InvalidRequest.at("/born_on", f"the animal died earlier, on {died}")


def _written_days(animal: Animal) -> dict[str, date | None]:
    """What is left as it is is not judged again."""
    days = ("born_on", "deceased_on")
    return {name: getattr(animal, name) for name in days if _is_written(animal, name)}


def _is_written(record: Animal | Owner, name: str) -> bool:
    row = inspect(record)
    return not row.persistent or row.attrs[name].history.has_changes()


async def _flag_upcoming(session: WriteSession, animal: Animal) -> None:
    """AGD-12: somebody looks at every visit that a deceased animal still has; each is flagged once."""
    if animal.deceased_on is None:
        return
    practice = await practices.practice(session, animal.practice_id)
    now = practices.now(practice)
    flagged = select(col(UpdateItem.id)).where(
        col(UpdateItem.appointment_id) == col(Appointment.id), col(UpdateItem.kind) == "animal_deceased"
    )
    upcoming = select(Appointment).where(
        col(Appointment.practice_id) == animal.practice_id,
        col(Appointment.animal_ids).contains([animal.id]),
        col(Appointment.status).in_(LIVING),
        col(Appointment.end) > now,
        ~flagged.exists(),
    )
    for appointment in await session.scalars(upcoming):
        updates.add(session, appointment, "animal_deceased", now)


async def owner_filter(q: Annotated[str | None, Query(max_length=100)] = None) -> list[Any]:
    """`q` finds by parts of the name, the phone number or the e-mail address."""
    words = (q or "").lower().split()
    return [col(Owner.search).contains(word, autoescape=True) for word in words]


async def animal_filter(owner_id: UUID | None = None) -> list[Any]:
    return [col(Animal.owner_id) == owner_id] if owner_id else []


OWNERS = Resource(
    noun="owner",
    path="owners",
    scope="agenda",
    table=Owner,
    new=NewOwner,
    patch=OwnerPatch,
    view=OwnerView,
    created=events.OwnerCreated,
    updated=events.OwnerUpdated,
    removed=events.OwnerDeleted,
    personal=frozenset(
        {"given_name", "family_name", "phone", "phone_e164", "email", "address", "birth_date", "remark"}
    ),
    check=_normalise,
    named_in="owner_id",
)
ANIMALS = Resource(
    noun="animal",
    path="animals",
    scope="agenda",
    table=Animal,
    new=NewAnimal,
    patch=AnimalPatch,
    view=AnimalView,
    created=events.AnimalCreated,
    updated=events.AnimalUpdated,
    removed=events.AnimalDeleted,
    personal=frozenset({"name", "breed"}),
    check=_plausible,
    written=_flag_upcoming,
    named_in="animal_ids",
)
