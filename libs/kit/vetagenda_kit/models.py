"""The two kinds of Pydantic models on the wire."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict
from pydantic.types import StringConstraints


class RequestModel(BaseModel):
    """Input: unknown fields are refused, so that a typing error is never silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ViewModel(BaseModel):
    """Output."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("the NUL character is not allowed")
    return text


ShortText = Annotated[str, StringConstraints(max_length=200), AfterValidator(_storable)]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_storable)
]
LongText = Annotated[str, StringConstraints(max_length=8_000), AfterValidator(_storable)]


def _in_utc(instant: datetime) -> datetime:
    if not 1900 <= instant.year <= 9000:
        raise ValueError("the year must lie between 1900 and 9000")
    return instant.astimezone(UTC)


def _sane_day(day: date) -> date:
    if not 1900 <= day.year <= 9000:
        raise ValueError("the year must lie between 1900 and 9000")
    return day


Day = Annotated[date, AfterValidator(_sane_day)]
"""A calendar date, far enough from the ends of the calendar to count from."""

Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""RFC 3339 with an offset; kept and answered in UTC."""
