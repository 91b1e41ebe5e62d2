"""What a person types to open a CalDAV calendar, and what is found there."""

from typing import Annotated

from pydantic import Field, StringConstraints

from vetagenda_kit.models import RequestModel, ViewModel

Address = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Secret = Annotated[str, Field(min_length=1, max_length=1000, repr=False)]


class CalDavAccount(RequestModel):
    """`server` is the provider's address, its domain, or the person's e-mail address there. `password` is
    best one that was made for this purpose (iCloud and Fastmail take no other); it is not kept."""

    server: Address
    user_name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Secret


class CalDavConsent(RequestModel):
    """One of the calendars that were found. The password is kept encrypted and never shown again."""

    calendar_url: Address
    user_name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Secret


class CalDavCalendarView(ViewModel):
    url: str
    name: str


class CalDavCalendarsView(ViewModel):
    """Those for events that this person may write, by name."""

    items: list[CalDavCalendarView]
