"""REM-2..5, PART-4, R12, R13: which messages an appointment brings, and at which minute."""

from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from reminders.appointments.sample import OWNER, PARIS, appointment, paris, surgery

from vetagenda_reminders.appointments.hearing import Heard
from vetagenda_reminders.appointments.news import Seen, announcement, as_told
from vetagenda_reminders.appointments.rules import Planned, plan
from vetagenda_reminders.facts import AppointmentFacts, State
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason
from vetagenda_reminders.preferences.schemas import (
    BookedInside,
    Lead,
    ReminderChoice,
    ReminderSettings,
    ReminderState,
)

DEFAULTS = ReminderSettings()
TUESDAY = "2026-11-17T08:00"


def one_reminder(**choice: Any) -> ReminderSettings:
    reminder = ReminderChoice(state=ReminderState.ON, **choice)
    return ReminderSettings(reminders=(reminder,), push_lead_hours=())


def planned(
    settings: ReminderSettings,
    now: str,
    about: AppointmentFacts | None = None,
    announce: Purpose | None = None,
) -> dict[str, Planned]:
    rows = plan(about or appointment(), settings, PARIS, paris(now), announce)
    return {f"{row.rule}/{row.channel}": row for row in rows}


def local(row: Planned, zone: ZoneInfo = PARIS) -> str:
    return row.due_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def test_a_new_practice_confirms_at_once_and_reminds_the_day_before_and_pushes_twice() -> None:
    rows = planned(DEFAULTS, TUESDAY, announce=Purpose.CONFIRMATION)
    assert {name: local(row) for name, row in rows.items()} == {
        "confirmation/sms": TUESDAY,
        "reminder_1/sms": "2026-11-24T09:00",
        "push_25h/push": "2026-11-24T09:00",
        "push_1h/push": "2026-11-25T09:00",
    }
    assert all(row.skip is None for row in rows.values())


@pytest.mark.parametrize(
    ("start", "lead", "due"),
    [
        # Elapsed hours over both clock changes, as the issue names them.
        ("2026-03-29T10:00", Lead(count=25, unit="hours"), "2026-03-28T08:00"),
        ("2026-10-25T10:00", Lead(count=25, unit="hours"), "2026-10-24T10:00"),
        # Calendar days at the send hour, whatever the clock does in between.
        ("2026-03-29T10:00", Lead(count=1, unit="days"), "2026-03-28T09:00"),
        ("2026-10-25T10:00", Lead(count=1, unit="days"), "2026-10-24T09:00"),
        ("2026-11-25T10:00", Lead(count=5, unit="days"), "2026-11-20T09:00"),
        ("2026-11-25T10:00", Lead(count=0, unit="days"), "2026-11-25T09:00"),
        # At night an SMS waits for 08:00.
        ("2026-11-25T10:00", Lead(count=13, unit="hours"), "2026-11-25T08:00"),
        # ... and leaves the evening before where 08:00 would be too late.
        ("2026-11-25T08:00", Lead(count=12, unit="hours"), "2026-11-24T19:59"),
        ("2026-11-25T08:00", Lead(count=10, unit="hours"), "2026-11-24T19:59"),
    ],
)
def test_leads(start: str, lead: Lead, due: str) -> None:
    rows = planned(one_reminder(lead=lead), "2026-03-01T12:00", appointment(start))
    assert local(rows["reminder_1/sms"]) == due


def test_an_email_may_leave_at_night() -> None:
    settings = one_reminder(lead=Lead(count=13, unit="hours"), channels=(Channel.EMAIL,))
    assert local(planned(settings, TUESDAY)["reminder_1/email"]) == "2026-11-24T21:00"


@pytest.mark.parametrize(
    ("start", "push_25h", "push_1h"),
    [
        ("2026-03-29T10:00", "2026-03-28T08:00", "2026-03-29T09:00"),
        ("2026-10-25T10:00", "2026-10-24T10:00", "2026-10-25T09:00"),
        ("2026-10-25T03:30", "2026-10-24T03:30", "2026-10-25T02:30"),
    ],
)
def test_pushes_are_due_25_and_1_elapsed_hours_before(start: str, push_25h: str, push_1h: str) -> None:
    rows = planned(DEFAULTS, "2026-03-01T12:00", appointment(start))
    assert local(rows["push_25h/push"]) == push_25h
    assert local(rows["push_1h/push"]) == push_1h


# R13: six times of booking x three policies, for an SMS one day before Wednesday 2026-11-25 10:00.
WINDOW = [
    ("2026-11-20T12:00", ("2026-11-24T09:00", "2026-11-24T09:00", "2026-11-24T09:00")),
    ("2026-11-24T08:59", ("2026-11-24T09:00", "2026-11-24T09:00", "2026-11-24T09:00")),
    ("2026-11-24T09:00", ("booked_inside_window", "2026-11-24T09:10", "merged_into_confirmation")),
    ("2026-11-24T19:55", ("booked_inside_window", "2026-11-25T08:00", "merged_into_confirmation")),
    ("2026-11-25T07:00", ("booked_inside_window", "2026-11-25T08:00", "merged_into_confirmation")),
    ("2026-11-25T09:55", ("booked_inside_window", "too_late", "merged_into_confirmation")),
]


@pytest.mark.parametrize(("booked_at", "expected"), WINDOW)
def test_booked_inside_the_window(booked_at: str, expected: tuple[str, str, str]) -> None:
    for policy, outcome in zip(BookedInside, expected, strict=True):
        rows = planned(one_reminder(booked_inside=policy), booked_at, announce=Purpose.CONFIRMATION)
        row = rows["reminder_1/sms"]
        assert (row.skip.value if row.skip else local(row)) == outcome, policy


def test_what_is_merged_is_carried_by_the_confirmation() -> None:
    rows = planned(one_reminder(), "2026-11-24T12:00", announce=Purpose.CONFIRMATION)
    assert rows["confirmation/sms"].carries == ("reminder_1",)


def test_without_a_confirmation_to_merge_into_it_is_sent_soon() -> None:
    settings = one_reminder().model_copy(update={"confirmation": ()})
    rows = planned(settings, "2026-11-24T12:00", announce=Purpose.CONFIRMATION)
    assert local(rows["reminder_1/sms"]) == "2026-11-24T12:10"


def test_pushes_inside_the_window_are_skipped() -> None:
    rows = planned(DEFAULTS, "2026-11-24T12:00")
    assert rows["push_25h/push"].skip is SkipReason.INSIDE_WINDOW
    assert rows["push_1h/push"].skip is None


def test_a_confirmation_by_sms_waits_for_the_morning_a_cancellation_does_not() -> None:
    at_night = "2026-11-20T22:00"
    assert local(planned(DEFAULTS, at_night, announce=Purpose.CONFIRMATION)["confirmation/sms"]) == (
        "2026-11-21T08:00"
    )
    cancelled = appointment(state="cancelled")
    rows = planned(DEFAULTS, at_night, cancelled, Purpose.CANCELLED)
    assert {name: local(row) for name, row in rows.items()} == {"cancelled/sms": at_night}


def test_a_late_reminder_is_useful_only_until_the_next_one() -> None:
    settings = ReminderSettings(
        reminders=(
            ReminderChoice(state=ReminderState.ON, lead=Lead(count=3, unit="days")),
            ReminderChoice(state=ReminderState.ON, lead=Lead(count=1, unit="days")),
        )
    )
    rows = planned(settings, TUESDAY)
    assert rows["reminder_1/sms"].useful_until == rows["reminder_2/sms"].due_at
    assert rows["reminder_2/sms"].useful_until == appointment().start
    assert rows["push_25h/push"].useful_until == rows["push_1h/push"].due_at


def test_new_contacts_only() -> None:
    settings = one_reminder().model_copy(
        update={"reminders": (ReminderChoice(state=ReminderState.NEW_CONTACTS),)}
    )
    owner = appointment().model_dump()["owner"]
    for visits, skip in ((0, None), (3, SkipReason.KNOWN_CONTACT), (None, SkipReason.KNOWN_CONTACT)):
        about = appointment(owner=owner | {"completed_visits": visits})
        assert planned(settings, TUESDAY, about)["reminder_1/sms"].skip is skip


def test_a_hidden_time_is_not_given_away_by_the_minute_of_a_reminder() -> None:
    rows = planned(DEFAULTS, TUESDAY, surgery())
    assert local(rows["push_1h/push"]) == "2026-11-25T07:00"


@pytest.mark.parametrize(
    ("about", "now"),
    [
        (appointment(owner=None), TUESDAY),
        (appointment(), "2026-11-25T10:00"),
        (appointment(state="completed"), TUESDAY),
        (appointment(state="no_show"), TUESDAY),
    ],
)
def test_nobody_is_told(about: AppointmentFacts, now: str) -> None:
    assert planned(DEFAULTS, now, about, None) == {}


def test_an_unpublished_appointment_is_not_pushed() -> None:
    assert "push_1h/push" not in planned(DEFAULTS, TUESDAY, appointment(published=False))


def test_what_would_be_said_of_the_deceased_says_so() -> None:
    """REM-14: kept for each message that the visit would have had, whatever else keeps it back."""
    dead = appointment(animals=[{"id": OWNER, "deceased_on": "2026-11-01"}])
    for now in (TUESDAY, "2026-11-24T22:00"):
        living, rows = planned(DEFAULTS, now), planned(DEFAULTS, now, dead)
        assert rows.keys() == living.keys()
        for name, one in rows.items():
            own = living[name].skip
            assert one.skip is (own if own and own is not SkipReason.MERGED else SkipReason.DECEASED)


def seen(about: AppointmentFacts, **changes: Any) -> Seen:
    last = Seen(about.state, about.sequence, about.start, about.owner_id, about.calendar_ids)
    return replace(last, **changes)


BEFORE = appointment()
MOVED = appointment("2026-11-26T10:00", sequence=1)
ANOTHER = {"id": UUID(int=9), "name": "Dr Müller", "kind": "practitioner"}
WITH_ANOTHER = appointment(sequence=1, calendar_ids=[UUID(int=9)], calendars=[ANOTHER])


@pytest.mark.parametrize(
    ("last", "current", "expected"),
    [
        (None, BEFORE, Purpose.CONFIRMATION),
        (None, appointment(source="import"), None),
        (None, appointment(owner=None), None),
        (None, appointment(state="requested"), Purpose.REQUEST_RECEIVED),
        (seen(BEFORE, state=State.REQUESTED), BEFORE, Purpose.CONFIRMATION),
        (seen(BEFORE), BEFORE, None),
        (seen(BEFORE), MOVED, Purpose.RESCHEDULED),
        (seen(BEFORE), appointment(sequence=2), None),
        (seen(BEFORE), WITH_ANOTHER, None),
        (seen(BEFORE, owner_id=None), BEFORE, Purpose.CONFIRMATION),
        (seen(BEFORE, state=State.CANCELLED), appointment(sequence=2), Purpose.CONFIRMATION),
        (seen(BEFORE), appointment(state="arrived"), None),
        (seen(BEFORE), appointment(state="no_show"), None),
    ],
)
def test_what_the_owner_is_told_about_a_change(
    last: Seen | None, current: AppointmentFacts, expected: Purpose | None
) -> None:
    assert announcement(last, current, paris(TUESDAY)) is expected


CANCELLED = appointment(state="cancelled", sequence=1)
ASKED = CANCELLED.model_copy(update={"source": "partner"})
CLOSED = seen(BEFORE, state=State.CANCELLED)


@pytest.mark.parametrize(
    ("last", "current", "heard", "told"),
    [
        (seen(BEFORE), CANCELLED, Heard.TOLD, True),
        (seen(BEFORE), CANCELLED, Heard.AWAITED, False),
        (seen(BEFORE), CANCELLED, Heard.NOTHING, True),
        (None, CANCELLED, Heard.TOLD, True),
        (None, CANCELLED, Heard.AWAITED, False),
        (None, CANCELLED, Heard.NOTHING, False),
        (CLOSED, CANCELLED, Heard.TOLD, False),
        (seen(BEFORE, state=State.COMPLETED), CANCELLED, Heard.TOLD, False),
        (seen(BEFORE, state=State.REQUESTED), ASKED, Heard.AWAITED, True),
        (seen(BEFORE), ASKED, Heard.AWAITED, True),
        (None, ASKED, Heard.NOTHING, True),
        (CLOSED, ASKED, Heard.TOLD, False),
    ],
)
def test_who_heard_of_a_visit_hears_of_its_end(
    last: Seen | None, current: AppointmentFacts, heard: Heard, told: bool
) -> None:
    """REM-4: by the ledger, not by when it was planned; who asked for the visit always gets an answer."""
    expected = Purpose.CANCELLED if told else None
    assert announcement(last, current, paris(TUESDAY), heard=heard) is expected


@pytest.mark.parametrize("ended_as", [Purpose.DECLINED, Purpose.EXPIRED])
def test_an_answered_or_expired_request_is_told(ended_as: Purpose) -> None:
    ended = appointment(state="cancelled", sequence=1)
    for last in (None, seen(BEFORE, state=State.REQUESTED)):
        assert announcement(last, ended, paris(TUESDAY), ended_as=ended_as) is ended_as
    assert announcement(seen(ended), ended, paris(TUESDAY), ended_as=ended_as) is None


def test_a_move_before_the_confirmation_left_is_simply_confirmed() -> None:
    told = announcement(seen(BEFORE), MOVED, paris(TUESDAY), confirmation_waits=True)
    assert told is Purpose.CONFIRMATION


def test_a_move_of_what_was_called_back_is_simply_confirmed() -> None:
    """REM-4: the owner has not heard of it."""
    assert announcement(seen(BEFORE), MOVED, paris(TUESDAY), heard=Heard.AWAITED) is Purpose.CONFIRMATION
    assert announcement(seen(BEFORE), MOVED, paris(TUESDAY), heard=Heard.TOLD) is Purpose.RESCHEDULED
    assert announcement(seen(BEFORE), MOVED, paris(TUESDAY), heard=Heard.NOTHING) is Purpose.RESCHEDULED


def test_a_move_to_what_was_told_last_is_no_news() -> None:
    """REM-4."""
    asked = MOVED.model_copy(update={"state": State.REQUESTED})
    for current, told in ((MOVED, Purpose.RESCHEDULED), (asked, Purpose.REQUEST_RECEIVED)):
        last = seen(BEFORE, state=current.state)
        assert announcement(last, current, paris(TUESDAY)) is told
        assert announcement(last, current, paris(TUESDAY), knows=True) is None


def test_nothing_is_told_about_the_past() -> None:
    assert announcement(seen(BEFORE), MOVED, paris("2026-11-26T10:00")) is None


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        (WITH_ANOTHER, Purpose.PRACTITIONER),
        (appointment(sequence=1, calendar_ids=[UUID(int=9)], calendars=[ANOTHER | {"kind": "room"}]), None),
        (MOVED.model_copy(update={"calendars": WITH_ANOTHER.calendars}), Purpose.RESCHEDULED),
        (BEFORE, None),
    ],
)
def test_another_vet_is_news_where_texts_name_the_vet(
    current: AppointmentFacts, expected: Purpose | None
) -> None:
    assert announcement(seen(BEFORE), current, paris(TUESDAY), practitioner_named=True) is expected


def test_another_vet_who_is_not_named_keeps_the_revision_that_owners_know() -> None:
    assert as_told(seen(BEFORE), WITH_ANOTHER).sequence == 0
    assert as_told(seen(BEFORE), WITH_ANOTHER, practitioner_named=True).sequence == 1
    assert as_told(seen(BEFORE), MOVED).sequence == 1
