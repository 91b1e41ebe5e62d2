"""Forecasts on the wire."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, field_serializer

from vetagenda_kit.merge_fields import described
from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_sms.editor import OffendingView
from vetagenda_sms.forecast.fields import KNOWN, OF_EACH
from vetagenda_sms.forecast.recipients import Per
from vetagenda_sms.messages.schemas import MessageText
from vetagenda_sms_text import Encoding

SharedValue = Annotated[str, StringConstraints(max_length=2_000)]
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,8})?$"), Field(examples=["0.045"])]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["EUR"])]
MOST_A_MONTH = 10_000_000


class Price(RequestModel):
    """`amount` is a decimal number in text, `"0.045"`; `currency` is ISO 4217."""

    amount: Amount
    currency: Currency


class ForecastRequest(RequestModel):
    text: Annotated[MessageText, Field(description=f"With merge fields: {described(KNOWN)}.")]
    values: Annotated[
        dict[str, SharedValue],
        Field(
            description="What is the same for all; what is not given is the practice's own or a sample. "
            f"{described(OF_EACH)} are each owner's and animal's."
        ),
    ] = {}
    per: Annotated[
        Per, Field(description="One message for each living animal, or one for each owner that names all.")
    ] = Per.ANIMAL
    profile: Annotated[str, Field(description="How the carrier counts, as for `/v1/sms/segments`.")] = (
        "standard"
    )
    price_per_segment: Annotated[Price | None, Field(description="Else the practice's own, if any.")] = None
    per_month: Annotated[
        int | None, Field(ge=1, le=MOST_A_MONTH, description="How many such messages are planned a month.")
    ] = None


class CostView(ViewModel):
    amount: Decimal
    currency: str

    @field_serializer("amount")
    def _written_out(self, amount: Decimal) -> str:
        return f"{amount:f}"


class CauseView(ViewModel):
    """`characters` make the text `ucs2`; without any the value is longer than this field's usually is."""

    field: str
    characters: list[str]


class BreakerView(ViewModel):
    """A record for which the message costs more than is typical, or which makes it `ucs2`. `animal_id` is
    null when the message is about several animals."""

    owner_id: UUID
    animal_id: UUID | None
    segments: int
    encoding: Encoding
    units: int
    causes: list[CauseView]


class BreakersView(ViewModel):
    """`items` are at most 50, the worst first; `count` is how many there are."""

    count: int
    items: list[BreakerView]


class SavingView(ViewModel):
    """What is paid then, and how much less that is."""

    segments: int
    segments_saved: int
    cost: CostView | None
    cost_saved: CostView | None


class SavingsView(ViewModel):
    """`typography`: with plain quotes, dashes and spaces. `names`: with these, and without the accents of
    owners' and animals' names. Both only where it brings a message into `gsm7`."""

    typography: SavingView
    names: SavingView


class ForecastView(ViewModel):
    """`segments` is {how many segments: for how many recipients}; `minimum`, `typical` (the median) and
    `worst` are null without recipients. `offending` is what makes the wording itself `ucs2`, whoever gets it.
    `quota_ends_on` is the day on which the month's last segment goes at the planned rate; null when that does
    not happen this month or the next, when no rate was given or nobody gives the practice a pool."""

    recipients: int
    segments: dict[int, int]
    total_segments: int
    minimum: int | None
    typical: int | None
    worst: int | None
    offending: list[OffendingView]
    breakers: BreakersView
    cost: CostView | None
    savings: SavingsView
    quota_ends_on: date | None


class ProgressView(ViewModel):
    """One line of a streamed forecast: how many recipients are counted, or at the end the `forecast`, or the
    `problem` that ended it."""

    recipients: int | None = None
    forecast: ForecastView | None = None
