from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from vetagenda_agenda.schemas import Address, Country, Locale, Phone, TimeZone
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.models import Instant, Name, PatchModel, RequestModel, ViewModel


class NewPractice(RequestModel):
    """`test` gives the practice a virtual clock that stands at `now` until it is moved."""

    name: Name
    time_zone: TimeZone = "Europe/Paris"
    locale: Locale = "fr"
    country: Country = "FR"
    phone: Phone | None = None
    email: EmailAddress | None = None
    address: Address | None = None
    test: bool = False
    now: Instant | None = None


class PracticePatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset({"phone", "email", "address"})

    name: Name | None = None
    time_zone: TimeZone | None = None
    locale: Locale | None = None
    country: Country | None = None
    phone: Phone | None = None
    email: EmailAddress | None = None
    address: Address | None = None


class PracticeView(ViewModel):
    id: UUID
    version: int
    name: str
    time_zone: str
    locale: str
    country: str
    phone: str | None
    email: str | None
    address: Any
    test: bool
    virtual_now: Annotated[
        datetime | None, Field(description="A test practice's clock; null for the others.")
    ]
    created_at: datetime


class PracticeFacts(PracticeView):
    """For other services: `now` is the virtual instant of a test practice, else null. `practitioners` counts
    the calendars of people who work there; only for who asks to have them counted."""

    now: datetime | None
    practitioners: int | None = None
