"""A practice's choices on the wire, with the defaults that hold before it made any."""

import re
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from vetagenda_kit.models import RequestModel
from vetagenda_sms.quota.rules import AtLimit
from vetagenda_sms.senders.rules import checked_name

Sender = Annotated[
    str, Field(min_length=3, max_length=11, examples=["Clinique 75"]), AfterValidator(checked_name)
]
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def _plainly_written(price: Any) -> Any:
    """Python reads the digits of every script, exponents and NaN; the people who look at it do not."""
    if isinstance(price, str) and not _PLAIN_NUMBER.fullmatch(price):
        raise ValueError("a number in the digits 0 to 9 is expected, such as 0.045")
    return price


Price = Annotated[
    Decimal, Field(ge=0, le=100, max_digits=8, decimal_places=5), BeforeValidator(_plainly_written)
]


class SmsSettings(RequestModel):
    """`at_limit` says what becomes of a transactional message when the month's pool is used up: it leaves as
    `overage`, or fails at once (`block`) so that another channel takes over. `sender` is shown instead of a
    number where the country allows it. `price_per_segment` (in `currency`, ISO 4217) is for forecasts only.
    `subdivision` (as in ISO 3166-2, without the country) adds its public holidays, as `57` or `6AE` do."""

    at_limit: AtLimit = AtLimit.OVERAGE
    sender: Sender | None = None
    texts_kept_days: Annotated[int, Field(ge=7, le=365)] = 30
    price_per_segment: Price | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])] | None = None
    subdivision: Annotated[str, Field(min_length=1, max_length=10, examples=["6AE"])] | None = None

    @model_validator(mode="after")
    def a_price_has_a_currency(self) -> Self:
        if self.price_per_segment is not None and self.currency is None:
            raise ValueError("a price needs its currency")
        return self
