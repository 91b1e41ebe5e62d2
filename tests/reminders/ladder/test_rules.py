"""REM-17: the steps of a ladder, as a table of cases."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from reminders.appointments.sample import PARIS, appointment, paris

from vetagenda_reminders.appointments.rules import Planned, plan
from vetagenda_reminders.ladder.rules import Rung, climb, judged, ordered, rises_at
from vetagenda_reminders.ledger.rules import Send, Skip, Wait
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason, Status
from vetagenda_reminders.letters.rules import Pause
from vetagenda_reminders.preferences.schemas import ReminderSettings

FIRST = paris("2026-11-24T09:00")
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
CONFIRMED = Skip(SkipReason.CONFIRMED_BY_OWNER)


def rung(number: int, status: str, at: datetime = FIRST, reason: str | None = None, **more: Any) -> Rung:
    channel = more.get("channel", ordered(Channel)[number])
    ended = at if status in ("sent", "skipped", "failed", "cancelled", "withdrawn") else None
    return Rung(number, channel, Status(status), at, SkipReason(reason) if reason else None, ended)


def test_the_order_is_that_of_the_cost() -> None:
    """REM-17: however they were ticked."""
    ticked = (Channel.LETTER, Channel.PHONE, Channel.EMAIL, Channel.PUSH, Channel.SMS)
    cheap_first = (Channel.PUSH, Channel.SMS, Channel.EMAIL, Channel.PHONE, Channel.LETTER)
    assert ordered(ticked) == cheap_first
    assert ordered((Channel.PHONE, Channel.SMS)) == (Channel.SMS, Channel.PHONE)


@pytest.mark.parametrize(
    ("earlier", "rise"),
    [
        ([], None),
        ([rung(1, "sent")], FIRST + DAY),
        ([rung(1, "ready")], FIRST + DAY),
        ([rung(1, "planned")], FIRST + DAY),
        ([rung(1, "sending")], FIRST + DAY),
        ([rung(1, "failed", reason="undelivered")], FIRST),
        ([rung(1, "failed", reason="outcome_unknown")], FIRST),
        ([replace(rung(1, "sent"), in_doubt=True)], FIRST),
        ([rung(1, "skipped", reason="no_consent")], FIRST),
        ([rung(1, "skipped", reason="address_bounced")], FIRST),
        ([rung(1, "skipped", reason="merged_into_another_visits_message")], FIRST + DAY),
        ([rung(1, "cancelled")], None),
        ([rung(1, "sent"), rung(2, "failed", FIRST + DAY, "refused")], FIRST + DAY),
        ([rung(1, "failed", reason="undelivered"), rung(2, "sent", FIRST + HOUR)], FIRST + HOUR + DAY),
        ([rung(1, "sent"), rung(2, "cancelled", FIRST + HOUR)], FIRST + DAY),
    ],
)
def test_when_the_next_step_may_leave(earlier: list[Rung], rise: datetime | None) -> None:
    """REM-17: at once after one that reached nobody, otherwise when it has been waited for."""
    assert rises_at(earlier, DAY) == rise


@pytest.mark.parametrize(
    ("own", "earlier", "confirmed_at", "now", "said"),
    [
        (rung(1, "planned"), [], None, FIRST, None),
        (rung(1, "planned"), [], FIRST - DAY, FIRST, None),
        (rung(2, "planned"), [rung(1, "sent")], None, FIRST + HOUR, Wait(FIRST + DAY)),
        (rung(2, "planned"), [rung(1, "sent")], None, FIRST + DAY, None),
        (rung(2, "planned"), [rung(1, "sent")], FIRST + HOUR, FIRST + DAY, CONFIRMED),
        (rung(2, "planned"), [rung(1, "sent")], FIRST - DAY, FIRST + DAY, CONFIRMED),
        (rung(2, "planned"), [rung(1, "failed", reason="undelivered")], None, FIRST, None),
        (rung(2, "planned"), [rung(1, "failed", reason="undelivered")], FIRST - DAY, FIRST, None),
        (rung(2, "planned"), [rung(1, "failed", reason="undelivered")], FIRST + HOUR, FIRST + DAY, CONFIRMED),
        (rung(2, "planned"), [rung(1, "planned")], None, FIRST + HOUR, Wait(FIRST + DAY)),
        (rung(2, "planned"), [rung(1, "planned")], None, FIRST + 2 * DAY, Pause()),
        (rung(2, "planned"), [rung(1, "sending")], None, FIRST + 2 * DAY, Pause()),
        (rung(2, "planned"), [rung(1, "cancelled")], None, FIRST + DAY, None),
        (rung(4, "planned"), [rung(3, "sent", channel=Channel.PHONE)], None, FIRST + HOUR, CONFIRMED),
        (rung(4, "planned"), [rung(3, "ready", channel=Channel.PHONE)], None, FIRST + DAY, None),
        (rung(3, "planned"), [rung(2, "skipped", reason="confirmed_by_owner")], None, FIRST, CONFIRMED),
        (rung(3, "ready"), [rung(1, "sent")], FIRST + HOUR, FIRST + DAY, CONFIRMED),
        (rung(1, "ready"), [], FIRST + HOUR, FIRST + DAY, CONFIRMED),
        (rung(3, "ready"), [rung(1, "sent")], None, FIRST + HOUR, None),
    ],
)
def test_what_a_step_does(
    own: Rung, earlier: list[Rung], confirmed_at: datetime | None, now: datetime, said: object
) -> None:
    """REM-17: a delivery is no answer; a confirmation, or a call that reached the owner, ends it."""
    assert climb(own, earlier, DAY, confirmed_at, now) == said


@pytest.mark.parametrize(
    ("decision", "climbing", "held"),
    [
        (Send("x"), None, Send("x")),
        (Send("x"), Wait(FIRST), Wait(FIRST)),
        (Skip(SkipReason.NO_EMAIL), Wait(FIRST), Wait(FIRST)),
        (Skip(SkipReason.NO_EMAIL), None, Skip(SkipReason.NO_EMAIL)),
        (Skip(SkipReason.SUPERSEDED), Wait(FIRST), Skip(SkipReason.SUPERSEDED)),
        (Skip(SkipReason.TOO_LATE), CONFIRMED, Skip(SkipReason.TOO_LATE)),
        (Wait(FIRST), CONFIRMED, CONFIRMED),
    ],
)
def test_a_step_is_given_up_in_its_turn(decision: Any, climbing: Any, held: Any) -> None:
    """REM-17: one that cannot reach the owner waits, or the next would leave too early."""
    assert judged(decision, climbing) == held


def steps(reminder: dict[str, Any], now: str = "2026-11-17T08:00", **how: Any) -> list[Planned]:
    settings = ReminderSettings.model_validate(
        {"reminders": [{"state": "on", "delivery": "ladder"} | reminder], "push_lead_hours": []}
    )
    planned = plan(appointment(), settings, PARIS, paris(now), how.get("announce"))
    return [one for one in planned if one.purpose is Purpose.REMINDER]


LADDER = {"channels": ["phone", "email", "sms"], "lead": {"count": 2, "unit": "days"}}


def test_each_channel_is_a_step_so_many_hours_later() -> None:
    """REM-17."""
    planned = steps(LADDER)
    assert [(one.channel.value, one.ladder_step, one.ladder_hours) for one in planned] == [
        ("sms", 1, 24),
        ("email", 2, 24),
        ("phone", 3, 24),
    ]
    first = paris("2026-11-23T09:00")
    expected = paris("2026-11-25T10:00")
    assert [one.due_at for one in planned] == [first, first + DAY, first + 2 * DAY]
    assert {one.useful_until for one in planned} == {expected}


def test_no_step_is_planned_for_after_the_visit() -> None:
    """REM-17: it may still rise when those before it fail."""
    *_others, last = steps(LADDER | {"step_hours": 40})
    assert (last.channel, last.due_at, last.skip) == (Channel.PHONE, paris("2026-11-25T10:00"), None)


@pytest.mark.parametrize(
    ("inside", "reasons"),
    [
        ("skip", {SkipReason.INSIDE_WINDOW}),
        ("merge", {SkipReason.MERGED}),
        ("soon", {None}),
    ],
)
def test_a_ladder_that_was_booked_too_late_stands_or_falls_as_one(
    inside: str, reasons: set[SkipReason | None]
) -> None:
    """REM-4, REM-17."""
    late = steps(LADDER | {"booked_inside": inside}, "2026-11-24T12:00", announce=Purpose.CONFIRMATION)
    assert {one.skip for one in late} == reasons


def test_the_next_step_begins_where_the_first_is_too_late() -> None:
    """REM-17, SMS-3: at 22:00 for 07:30 no SMS may leave any more, an e-mail may."""
    settings = ReminderSettings.model_validate(
        {"reminders": [{"state": "on", "booked_inside": "soon"} | LADDER | {"delivery": "ladder"}]}
    )
    now = paris("2026-11-24T22:00")
    planned = plan(appointment("2026-11-25T07:30"), settings, PARIS, now)
    found = {one.channel: one for one in planned if one.purpose is Purpose.REMINDER}
    assert found[Channel.SMS].skip is SkipReason.TOO_LATE
    assert found[Channel.EMAIL].due_at == now + timedelta(minutes=10)
    assert found[Channel.PHONE].skip is None
