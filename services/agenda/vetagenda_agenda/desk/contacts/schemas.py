"""Whom a practice knows, on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from vetagenda_kit.models import ViewModel


class ContactAnimal(ViewModel):
    id: UUID
    name: str
    species: str | None


class ContactView(ViewModel):
    """An owner of the practice, or of one that shares its contacts with it. `animals` are the living ones."""

    practice_id: UUID
    owner_id: UUID
    given_name: str
    family_name: str
    phone: str | None
    phone_e164: str | None
    email: str | None
    address: Any
    remark: str
    animals: list[ContactAnimal] = []


class ContactVisit(ViewModel):
    """A visit to come."""

    appointment_id: UUID
    start: datetime
    end: datetime
    status: str
    appointment_type_id: UUID | None
    calendar_ids: list[UUID]
    animal_ids: list[UUID]
