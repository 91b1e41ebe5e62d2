"""What booking refuses, and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from vetagenda_booking.slots.question import Refusal, RuleCode
from vetagenda_booking.slots.schemas import SlotView, written
from vetagenda_kit.problems import Problem, ServiceUnavailable


class OwnerNotConnected(Problem):
    status, code, title = 403, "owner-not-connected", "The app acts for connected owners only"


class TimeTaken(Problem):
    """Somebody else was faster: the agenda's answer, with the `alternatives` that are left."""

    status, code, title = 409, "time-taken", "The time is taken"


class SlotNotOffered(Problem):
    """`rule` is the stable code of the rule that refused the start; `alternatives` are the next that book."""

    status, code, title = 409, "slot-not-offered", "This start is not offered"

    @classmethod
    def by(cls, refusal: Refusal, alternatives: Sequence[SlotView] = ()) -> "SlotNotOffered":
        told = [each.model_dump(mode="json") for each in alternatives]
        return cls(refusal.detail, rule=refusal.rule, alternatives=told)

    @classmethod
    def because(cls, rule: RuleCode, detail: str) -> "SlotNotOffered":
        return cls(detail, rule=rule, alternatives=[])


class HoldExpired(Problem):
    """`reason` says how it ended."""

    status, code, title = 410, "hold-expired", "The hold has ended"

    @classmethod
    def because(cls, reason: Literal["expired", "used", "given-back"], detail: str) -> "HoldExpired":
        return cls(detail, reason=reason)


class TooManyHolds(Problem):
    """`most` is how many open holds one key may have in a practice at once."""

    status, code, title = 409, "too-many-holds", "This key keeps too much time already"


class CancellationWindowClosed(Problem):
    """`phone` is the practice's number, null when it has none; `until` was the last instant, if that tells no
    hidden hour."""

    status, code, title = 409, "cancellation-window-closed", "Too late to change this online"

    @classmethod
    def call(cls, phone: str | None, until: datetime | None = None) -> "CancellationWindowClosed":
        told: dict[str, Any] = {"phone": phone}
        if until is not None:
            told["until"] = written(until)
        asked = "please call" if phone else "only the practice can change it now"
        return cls(f"Online changes have ended for this appointment: {asked}.", **told)


class StatusConflict(Problem):
    """As the agenda says it of what is over or cancelled. Member: `current_status`."""

    status, code, title = 409, "status-conflict", "The appointment's status does not allow this"


class RequestSettled(Problem):
    """Somebody answered the request already, or it expired; `booking_status` says what it is now."""

    status, code, title = 409, "request-settled", "The request has been answered already"


class OrderGivenUp(Problem):
    """The agenda has failed at this order too often. It may have been carried out all the same."""

    status, code, title = 500, "order-given-up", "The order could not be finished"


class OutcomeOpen(ServiceUnavailable):
    """The agenda was told and did not answer. The intent is kept and will be finished, once."""

    status, code, title = 504, "service-timeout", "A part of the platform did not answer in time"
