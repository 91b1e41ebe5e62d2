"""The judgement of the rules as an answer over HTTP: an offer, or the problem that names the rule."""

from datetime import datetime

from vetagenda_booking.problems import SlotNotOffered
from vetagenda_booking.slots.question import Offer, Question, Refusal
from vetagenda_booking.slots.rules import judge_stated


def offer_of(question: Question, stated: datetime) -> Offer:
    """Raises SlotNotOffered."""
    _, verdict = judge_stated(question, stated)
    if isinstance(verdict, Refusal):
        raise SlotNotOffered.by(verdict)
    return verdict
