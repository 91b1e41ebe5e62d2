"""Who comes: the owner and the animals of a booking request, known or new."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vetagenda_booking.requests.schemas import AnimalIn, NewBookingRequest
from vetagenda_booking.slots import species
from vetagenda_booking.slots.question import OwnerKind
from vetagenda_kit.problems import InvalidRequest, NotFound


@dataclass(frozen=True)
class Visit:
    """`records` is the part of the agenda's order that names or makes the owner and the animals."""

    owner_kind: OwnerKind
    species: frozenset[str]
    animal_count: int
    records: Mapping[str, Any]


def visit_of(request: NewBookingRequest, people: Mapping[str, Any]) -> Visit:
    """Raises InvalidRequest, naming the field, and NotFound for another practice's ids."""
    _check_owner(request, people)
    known = {animal["id"]: animal for animal in people["animals"]}
    for position, animal in enumerate(request.animals):
        if animal.animal_id is not None:
            _check_animal(position, known.get(str(animal.animal_id)), request)
    return Visit(
        owner_kind="known" if request.owner_id else "new",
        species=_all_species(request, known),
        animal_count=_count(request),
        records=_records(request),
    )


def _check_owner(request: NewBookingRequest, people: Mapping[str, Any]) -> None:
    if (request.owner_id is None) == (request.owner is None):
        raise InvalidRequest.at("/owner_id", "give either owner_id, or owner for a person without a record")
    if request.owner_id and str(request.owner_id) not in {owner["id"] for owner in people["owners"]}:
        raise NotFound("/owner_id: there is no such owner")


def _check_animal(position: int, animal: Mapping[str, Any] | None, request: NewBookingRequest) -> None:
    pointer = f"/animals/{position}/animal_id"
    if animal is None:
        raise NotFound(f"{pointer}: there is no such animal")
    if animal["owner_id"] != str(request.owner_id):
        raise InvalidRequest.at(pointer, "this animal is another owner's")
    if animal["deceased_on"] is not None:
        raise InvalidRequest.at(pointer, "nothing is booked for this animal any more")


def _all_species(request: NewBookingRequest, known: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Those that are told or recorded. Raises InvalidRequest when one contradicts a record."""
    each = [_species(position, animal, known) for position, animal in enumerate(request.animals)]
    if request.species is not None and each and None not in each and request.species not in each:
        raise InvalidRequest.at("/species", f"of the animals that are named none is: {request.species}")
    return frozenset(name for name in [*each, request.species] if name)


def _species(position: int, animal: AnimalIn, known: Mapping[str, Mapping[str, Any]]) -> str | None:
    recorded: str | None = known[str(animal.animal_id)]["species"] if animal.animal_id else None
    if not recorded:
        return animal.species
    if animal.species not in (None, species.same(recorded)):
        raise InvalidRequest.at(f"/animals/{position}/species", "this animal is of another species on record")
    return species.same(recorded)


def _count(request: NewBookingRequest) -> int:
    if not request.animals:
        return request.animal_count or 1
    if request.animal_count not in (None, len(request.animals)):
        named = len(request.animals)
        raise InvalidRequest.at("/animal_count", f"not as many as the animals that are named: {named}")
    return len(request.animals)


def _records(request: NewBookingRequest) -> dict[str, Any]:
    new = [animal for animal in request.animals if animal.animal_id is None]
    return {
        "owner_id": str(request.owner_id) if request.owner_id else None,
        "owner": request.owner.model_dump(mode="json") if request.owner else None,
        "phone": request.owner.phone if request.owner else None,
        "animal_ids": [str(animal.animal_id) for animal in request.animals if animal.animal_id],
        "animals": [animal.model_dump(mode="json", exclude={"animal_id"}) for animal in new],
    }
