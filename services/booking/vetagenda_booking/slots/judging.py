"""The judgement of the rules as an answer over HTTP: an offer, or the problem that names the rule."""

from datetime import datetime

from vetagenda_booking.problems import SlotNotOffered
from vetagenda_booking.slots.queries import NEAR
from vetagenda_booking.slots.question import Offer, Question
from vetagenda_booking.slots.rules import first_offered, judge_stated
from vetagenda_booking.slots.schemas import SlotView
from vetagenda_booking.slots.taking import Verdict

ALTERNATIVES = 3


def offer_of(question: Question, stated: datetime) -> Offer:
    """Raises SlotNotOffered, with the next starts that would book, as far as was looked up for this one."""
    start, verdict = judge_stated(question, stated)
    return granted(question, start, verdict)


def granted(question: Question, start: datetime | None, verdict: Verdict) -> Offer:
    """Raises SlotNotOffered."""
    if isinstance(verdict, Offer):
        return verdict
    raise SlotNotOffered.by(verdict, _next_to(question, start))


def _next_to(question: Question, start: datetime | None) -> list[SlotView]:
    if start is None:
        return []
    return [SlotView.of(offer) for offer in first_offered(question, start, start + NEAR, ALTERNATIVES)]
