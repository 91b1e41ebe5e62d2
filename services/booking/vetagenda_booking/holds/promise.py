"""A hold is a promise (BOOK-6): what was judged when it was placed is not judged again.

Judged is what was not known then or is different now (who comes, and how many animals), and what was laid
over the held time since.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from vetagenda_booking.slots.busy import seconds_around
from vetagenda_booking.slots.question import Calendar, Offer, Question, Refusal, Rules, TypeRules
from vetagenda_booking.slots.rules import judge, refuse_owner, refuse_species
from vetagenda_booking.slots.taking import TAKEN, Verdict
from vetagenda_booking.tables import Hold

_AHEAD_DAYS = 10_000
"""Farther than anything was ever held."""


def judge_held(question: Question, hold: Hold) -> Verdict:
    """Whether a booking with the hold's token, for its type and start, is what was promised."""
    refusal = _refuse_who_comes(question, hold) or _refuse_without_calendars(question, hold)
    if refusal is not None:
        return refusal
    if _as_many(question) != (hold.animal_count, _at_once(hold)):
        return judge(_of_another_number(question, hold), hold.start)
    refusal = _refuse_covered(question, hold)
    return refusal or Offer(hold.start, hold.end, tuple(hold.calendar_ids))


def _refuse_who_comes(question: Question, hold: Hold) -> Refusal | None:
    refusal = refuse_species(replace(question, species=question.species - {hold.species}))
    if refusal is None and question.owner_kind != hold.owner_kind:
        refusal = refuse_owner(question)
    return refusal


def _refuse_without_calendars(question: Question, hold: Hold) -> Refusal | None:
    if len(_held_calendars(question, hold)) == len(hold.calendar_ids):
        return None
    return Refusal("calendar", "A calendar that was held does not exist any more.")


def _held_calendars(question: Question, hold: Hold) -> tuple[Calendar, ...]:
    return tuple(each for each in question.calendars if each.id in hold.calendar_ids)


def _refuse_covered(question: Question, hold: Hold) -> Refusal | None:
    """What refuses nothing that is there may still lie over a hold: it was laid there on purpose."""
    calendars, offering = _held_calendars(question, hold), question.offering
    taken = seconds_around(hold.start - offering.buffer_before, hold.end + offering.buffer_after)
    if not all(each.closed.is_free(*taken) for each in calendars):
        return Refusal("closure", "The practice is closed at that time.")
    if not all(each.away.is_free(*taken) for each in calendars):
        return Refusal("absence", "Who could take it is absent at that time.")
    return None if all(each.busy.is_free(*taken) for each in calendars) else TAKEN


def _as_many(question: Question) -> tuple[int, int]:
    return question.animal_count, question.at_once


def _at_once(hold: Hold) -> int:
    return hold.animal_count if hold.arrangement == "parallel" else 1


def _of_another_number(question: Question, hold: Hold) -> Question:
    """How long it takes and how many calendars was not promised; that the start is offered was.

    Fewer at once take some of the held calendars, more take them all.
    """
    fewer = question.at_once < _at_once(hold)
    return replace(
        question,
        now=hold.placed_at,
        rules=_only_hours(question.rules),
        offering=replace(question.offering, bookable_online=True),
        calendars=_held_calendars(question, hold) if fewer else question.calendars,
        calendar_ids=frozenset() if fewer else frozenset(hold.calendar_ids),
        species=frozenset(),
        owner_kind=None,
    )


def _only_hours(rules: Rules) -> Rules:
    """Without what says of a start alone whether it is offered."""
    types: Mapping[UUID, TypeRules] = {
        each: replace(own, daily_cap=None, weekly_cap=None) for each, own in rules.types.items()
    }
    return replace(
        rules,
        lead_time=timedelta(0),
        horizon_days=_AHEAD_DAYS,
        step_minutes=1,
        paused_until=None,
        types=types,
    )
