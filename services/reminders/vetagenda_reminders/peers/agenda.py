"""What reminders asks the agenda, in batches. Nothing here keeps an answer: facts are asked at use."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_kit.service import Service
from vetagenda_reminders.facts import (
    AnimalFacts,
    AppointmentFacts,
    DeskMessageFacts,
    InAgenda,
    OfferFacts,
    OwnerFacts,
    PracticeFacts,
)
from vetagenda_reminders.tables import Reminder


@dataclass(frozen=True)
class Known:
    """One answer: the practice, and what it has under the ids that were asked for. `subscribed` are owners
    with a browser that takes pushes, where a message needs one."""

    practice: PracticeFacts
    appointments: Mapping[UUID, AppointmentFacts] = field(default_factory=dict)
    animals: Mapping[UUID, AnimalFacts] = field(default_factory=dict)
    owners: Mapping[UUID, OwnerFacts] = field(default_factory=dict)
    offers: Mapping[UUID, OfferFacts] = field(default_factory=dict)
    desk_messages: Mapping[UUID, DeskMessageFacts] = field(default_factory=dict)
    visits: Mapping[UUID, Any] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    subscribed: frozenset[UUID] = frozenset()

    @property
    def addresses(self) -> frozenset[str]:
        """The e-mail addresses of all who are in it. `staff` are those of the practice's people, where one
        of the messages is for them."""
        visits = (*self.appointments.values(), *self.offers.values())
        people = (
            *self.owners.values(),
            *self.desk_messages.values(),
            *(visit.owner for visit in visits),
        )
        return self.staff | {one.email for one in people if one and one.email}

    def with_(self, more: "Known") -> "Known":
        """Two answers of one practice."""
        return Known(
            more.practice,
            {**self.appointments, **more.appointments},
            {**self.animals, **more.animals},
            {**self.owners, **more.owners},
            {**self.offers, **more.offers},
            {**self.desk_messages, **more.desk_messages},
            {**self.visits, **more.visits},
            self.staff | more.staff,
            self.subscribed | more.subscribed,
        )

    def owner_of(self, animal_id: UUID) -> OwnerFacts | None:
        animal = self.animals.get(animal_id)
        return self.owners.get(animal.owner_id) if animal and animal.owner_id else None


async def about_appointments(service: Service, practice_id: UUID, ids: Collection[UUID]) -> Known:
    """Raises ServiceUnavailable when the agenda does not answer: then one waits."""
    answer = await _ask(service, practice_id, "appointments/facts", {"appointment_ids": _texts(ids)})
    found = [_appointment(item) for item in answer["items"]]
    return Known(_practice(answer), appointments={one.id: one for one in found})


async def about_animals(
    service: Service, practice_id: UUID, ids: Collection[UUID], owner_ids: Collection[UUID] = ()
) -> Known:
    """The animals and their present owners, and other owners. Raises ServiceUnavailable."""
    asked = {"owner_ids": _texts(owner_ids), "animal_ids": _texts(ids)}
    answer = await _ask(service, practice_id, "owners/facts", asked)
    owners = [_owner(one) for one in answer["owners"]]
    animals = [AnimalFacts.model_validate(one) for one in answer["animals"]]
    return Known(
        _practice(answer),
        animals={one.id: one for one in animals},
        owners={one.id: one for one in owners if one},
    )


async def about_owners(service: Service, practice_id: UUID, ids: Collection[UUID]) -> Known:
    """Raises ServiceUnavailable."""
    answer = await _ask(service, practice_id, "owners/facts", {"owner_ids": _texts(ids), "animal_ids": []})
    owners = [_owner(one) for one in answer["owners"]]
    return Known(_practice(answer), owners={one.id: one for one in owners if one})


async def about_practice(service: Service, practice_id: UUID) -> PracticeFacts:
    """Raises ServiceUnavailable."""
    path = f"/internal/practices/{practice_id}"
    facts = await service.peers.call("agenda", "GET", path, actor=service.actor, practices=[practice_id])
    return _practice({"practice": facts})


async def has_type(service: Service, practice_id: UUID, appointment_type_id: UUID) -> bool:
    """Whether it is one of the practice's own. Raises ServiceUnavailable."""
    asked = {"appointment_type_ids": [str(appointment_type_id)]}
    return bool((await _ask(service, practice_id, "records/known", asked))["appointment_type_ids"])


async def visits_of(
    service: Service, practice_id: UUID, animal_ids: Collection[UUID], since: datetime
) -> dict[UUID, Any]:
    """By living animal its `last_visit` since then and its `next_visit`. Raises ServiceUnavailable."""
    asked = {"animal_ids": _texts(animal_ids), "since": since.isoformat()}
    answer = await _ask(service, practice_id, "animals/visits", asked)
    return {UUID(animal_id): visits for animal_id, visits in answer.items()}


async def confirm_by_owner(
    service: Service, practice_id: UUID, appointment_id: UUID, sequence: int, owner: Actor
) -> None:
    """The owner said yes to this revision; again it changes nothing. Raises PeerProblem (412 when it was
    moved since, 409 when there is nothing to confirm) and ServiceUnavailable."""
    await service.peers.call(
        "agenda",
        "POST",
        f"/internal/practices/{practice_id}/appointments/{appointment_id}/owner-confirmation",
        actor=owner,
        practices=[practice_id],
        json={"sequence": sequence},
    )


async def withdraw_email_consent(service: Service, practice_id: UUID, owner_id: UUID) -> None:
    """The owner's own wish. Raises PeerProblem (not-found) and ServiceUnavailable."""
    await service.peers.call(
        "agenda",
        "POST",
        f"/internal/practices/{practice_id}/owners/{owner_id}/consents",
        actor=Actor(kind="owner", id=f"unsubscribe:{owner_id}"),
        practices=[practice_id],
        json={"email": False},
    )


async def about_offers(service: Service, practice_id: UUID, ids: Collection[UUID]) -> Known:
    """Raises ServiceUnavailable."""
    answer = await _ask(service, practice_id, "offers/facts", {"offer_ids": _texts(ids)})
    found = [OfferFacts.model_validate(item["offer"] | _around(item)) for item in answer["items"]]
    return Known(_practice(answer), offers={one.id: one for one in found})


async def about_desk_messages(service: Service, practice_id: UUID, ids: Collection[UUID]) -> Known:
    """At most 200. Raises ServiceUnavailable."""
    answer = await _ask(service, practice_id, "desk/messages/facts", {"message_ids": _texts(ids)})
    found = [DeskMessageFacts.model_validate(item) for item in answer["items"]]
    return Known(_practice(answer), desk_messages={one.id: one for one in found})


async def post_message(service: Service, row: Reminder) -> None:
    """Among the practice's own messages, under the row's id; again it changes nothing. Raises PeerProblem and
    ServiceUnavailable."""
    about = {"appointment_id": row.appointment_id, "owner_id": row.owner_id}
    said = {name: str(value) for name, value in about.items() if value}
    await service.peers.call(
        "agenda",
        "PUT",
        f"/internal/practices/{row.practice_id}/desk/messages/{row.id}",
        actor=service.job("send"),
        practices=[row.practice_id],
        json={"kind": "note", "subject": (row.subject or "")[:200], "text": row.body or ""} | said,
    )


async def live_practices(service: Service) -> list[UUID]:
    """Raises ServiceUnavailable."""
    answer = await service.peers.call(
        "agenda", "GET", "/internal/practices", actor=service.actor, practices=[]
    )
    return [UUID(one["id"]) for one in answer if not one["test"]]


async def coming(
    service: Service, practice_id: UUID, since: datetime, after: UUID | None, limit: int
) -> tuple[list[InAgenda], UUID | None]:
    """One page of all appointments that start after an instant, in the order of ids, and where the next page
    begins. Raises ServiceUnavailable."""
    asked = {"starting_after": since.isoformat(), "limit": limit} | ({"after": str(after)} if after else {})
    path = f"/internal/practices/{practice_id}/appointments/states"
    page = await service.peers.call(
        "agenda", "GET", path, actor=service.actor, practices=[practice_id], params=asked
    )
    items = [InAgenda.model_validate(one | {"state": one["status"]}) for one in page["items"]]
    return items, UUID(page["next"]) if page["next"] else None


async def _ask(service: Service, practice_id: UUID, what: str, asked: dict[str, Any]) -> Any:
    path = f"/internal/practices/{practice_id}/{what}"
    return await service.peers.call(
        "agenda", "POST", path, actor=service.actor, practices=[practice_id], json=asked
    )


def _texts(ids: Collection[UUID]) -> list[str]:
    return sorted(str(one) for one in ids)


def _practice(answer: Any) -> PracticeFacts:
    practice = answer["practice"]
    address = practice.get("address")
    postal = address if isinstance(address, Mapping) else None
    return PracticeFacts.model_validate(practice | {"address": one_line(address), "postal": postal})


def _owner(owner: Any) -> OwnerFacts | None:
    if owner is None:
        return None
    return OwnerFacts.model_validate(owner | {"phone": owner.get("phone_e164") or owner.get("phone")})


def _appointment(item: Any) -> AppointmentFacts:
    appointment = item["appointment"]
    return AppointmentFacts.model_validate(appointment | _around(item) | {"state": appointment["status"]})


def _around(item: Any) -> dict[str, Any]:
    parts = {name: item[name] for name in ("animals", "appointment_type", "calendars")}
    return parts | {"owner": _owner(item["owner"])}


def one_line(address: Any) -> str | None:
    """An address as it stands in a sentence: `1 rue du Parc, 75014 Paris`."""
    if not isinstance(address, Mapping):
        return address or None
    town = " ".join(part for part in (address.get("postal_code"), address.get("city")) if part)
    parts = [address.get("street"), town]
    return ", ".join(part for part in parts if part) or None
