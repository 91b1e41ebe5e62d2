"""Shapes that several areas of the agenda use."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints

from vetagenda_kit.models import Name, RequestModel, ShortText

_OF_NO_PLACE = ("Factory", "localtime", "posixrules", "posix/", "right/", "SystemV/")
"""Names that a machine has beside IANA's: its own zone, none at all, and copies that count leap seconds."""
_ZONES = {each for each in available_timezones() if not each.startswith(_OF_NO_PLACE)}


def _known_zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError("an IANA time zone such as Europe/Paris is expected")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone), Field(examples=["Europe/Paris"])]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$"), Field(examples=["fr-FR"])]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(examples=["FR"])]
Phone = Annotated[
    str,
    StringConstraints(min_length=3, max_length=40, strip_whitespace=True),
    Field(examples=["+33611223344"]),
]


Remark = Annotated[str, StringConstraints(max_length=2_000)]


class PostalAddress(RequestModel):
    street: ShortText
    postal_code: ShortText = ""
    city: Name
    country: Country | None = None


Address = PostalAddress | Annotated[str, StringConstraints(min_length=1, max_length=500)]
"""Structured, or the lines as one text."""
