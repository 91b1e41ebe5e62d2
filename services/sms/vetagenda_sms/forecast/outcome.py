"""A tally as it is answered. Pure."""

import re
from datetime import date
from decimal import Decimal

from vetagenda_sms.editor import OffendingView
from vetagenda_sms.forecast.rules import cost_of, ends_on
from vetagenda_sms.forecast.schemas import (
    BreakersView,
    BreakerView,
    CauseView,
    CostView,
    ForecastRequest,
    ForecastView,
    SavingsView,
    SavingView,
)
from vetagenda_sms.forecast.tally import Breaker, Tally
from vetagenda_sms_text import CarrierProfile, offending_characters


def forecast(
    request: ForecastRequest, profile: CarrierProfile, tally: Tally, today: date, limit: int | None, used: int
) -> ForecastView:
    some = tally.recipients > 0
    rate = (request.per_month or 0) * (tally.total / tally.recipients if some else 0)
    return ForecastView(
        recipients=tally.recipients,
        segments=dict(sorted(tally.segments.items())),
        total_segments=tally.total,
        minimum=min(tally.segments) if some else None,
        typical=tally.typical if some else None,
        worst=max(tally.segments) if some else None,
        offending=offending(request.text, profile),
        breakers=_breakers(tally),
        cost=_cost(request, tally.total),
        savings=SavingsView(
            typography=_saving(request, tally.total, tally.with_plain_signs),
            names=_saving(request, tally.total, tally.with_plain_names),
        ),
        quota_ends_on=ends_on(today, limit, used, rate) if request.per_month else None,
    )


def offending(text: str, profile: CarrierProfile) -> list[OffendingView]:
    """Of the wording, not of the braces around its fields."""
    bare = re.sub(r"\{[^{}|]*\||[{}]", lambda syntax: "x" * len(syntax.group()), text)
    return [OffendingView.model_validate(found) for found in offending_characters(bare, profile)]


def _breakers(tally: Tally) -> BreakersView:
    return BreakersView(count=tally.breaking, items=[_breaker(one) for one in tally.breakers()])


def _breaker(one: Breaker) -> BreakerView:
    return BreakerView(
        owner_id=one.owner_id,
        animal_id=one.animal_id,
        **one.counted._asdict(),
        causes=[CauseView(field=cause.field, characters=list(cause.characters)) for cause in one.causes],
    )


def _cost(request: ForecastRequest, segments: int) -> CostView | None:
    price = request.price_per_segment
    amount = cost_of(segments, Decimal(price.amount) if price else None)
    return None if price is None or amount is None else CostView(amount=amount, currency=price.currency)


def _saving(request: ForecastRequest, total: int, then: int) -> SavingView:
    return SavingView(
        segments=then,
        segments_saved=total - then,
        cost=_cost(request, then),
        cost_saved=_cost(request, total - then),
    )
