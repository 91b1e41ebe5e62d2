"""REM-2: what was chosen for one appointment goes before the practice's settings."""

from typing import Any

import pytest
from reminders.appointments.sample import PARIS, appointment, paris

from vetagenda_kit.problems import InvalidRequest
from vetagenda_reminders.appointments.choices import Choices, check
from vetagenda_reminders.appointments.rules import Planned, late_confirmations, plan
from vetagenda_reminders.appointments.schemas import PutMessages
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.preferences.schemas import (
    BookedInside,
    ReminderChoice,
    ReminderSettings,
    ReminderState,
)

TUESDAY = "2026-11-17T12:00"
"""Eight days before the sample's appointment, Wednesday 2026-11-25 at 10:00."""
DEFAULTS = ReminderSettings()
TWO_HOURS = {"count": 2, "unit": "hours"}


def chosen(*messages: dict[str, Any]) -> Choices:
    return Choices.of(PutMessages.model_validate({"messages": messages}).messages)


def message(rule: str, channel: str, *, enabled: bool = True, **more: Any) -> dict[str, Any]:
    return {"rule": rule, "channel": channel, "enabled": enabled, **more}


def planned(own: Choices, settings: ReminderSettings = DEFAULTS, now: str = TUESDAY) -> dict[str, Planned]:
    rows = plan(appointment(), settings, PARIS, paris(now), Purpose.CONFIRMATION, own)
    return {f"{row.rule}/{row.channel.value}": row for row in rows if row.channel is not Channel.PUSH}


def due(rows: dict[str, Planned]) -> dict[str, str]:
    local = {name: row.due_at.astimezone(PARIS).strftime("%m-%dT%H:%M") for name, row in rows.items()}
    return {name: row.skip.value if row.skip else local[name] for name, row in rows.items()}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([], {"confirmation/sms": "11-17T12:00", "reminder_1/sms": "11-24T09:00"}),
        (
            [message("confirmation", "email"), message("reminder_1", "sms", enabled=False)],
            {"confirmation/sms": "11-17T12:00", "confirmation/email": "11-17T12:00"},
        ),
        (
            [message("confirmation", "sms", enabled=False), message("reminder_1", "sms", lead=TWO_HOURS)],
            {"reminder_1/sms": "11-25T08:00"},
        ),
        # The second reminder is off by default; its lead is the practice's where none is given.
        (
            [message("reminder_2", "email")],
            {
                "confirmation/sms": "11-17T12:00",
                "reminder_1/sms": "11-24T09:00",
                "reminder_2/email": "11-20T09:00",
            },
        ),
        # Each channel has a lead of its own.
        (
            [message("reminder_1", "email", lead=TWO_HOURS)],
            {
                "confirmation/sms": "11-17T12:00",
                "reminder_1/sms": "11-24T09:00",
                "reminder_1/email": "11-25T08:00",
            },
        ),
    ],
)
def test_a_choice_replaces_the_default_for_its_pair_alone(
    messages: list[dict[str, Any]], expected: dict[str, str]
) -> None:
    """REM-2."""
    assert due(planned(chosen(*messages))) == expected


def test_what_was_ordered_for_one_goes_to_a_known_contact_too() -> None:
    """REM-3: the practice reminds new contacts only; for this appointment somebody wants it."""
    settings = ReminderSettings(reminders=(ReminderChoice(state=ReminderState.NEW_CONTACTS),))
    assert due(planned(Choices(), settings))["reminder_1/sms"] == "known_contact"
    row = planned(chosen(message("reminder_1", "sms")), settings)["reminder_1/sms"]
    assert (row.skip, row.new_contacts_only) == (None, False)


@pytest.mark.parametrize(
    ("minutes", "now", "expected"),
    [
        (0, TUESDAY, "11-17T12:00"),
        (30, TUESDAY, "11-17T12:30"),
        # Held into the night, an SMS waits for the morning.
        (60, "2026-11-17T19:30", "11-18T08:00"),
        # Not held until it would be of no use.
        (60, "2026-11-25T09:30", "11-25T09:30"),
    ],
)
def test_a_confirmation_is_held_for_corrections(minutes: int, now: str, expected: str) -> None:
    """REM-2: editable before it leaves."""
    settings = ReminderSettings(confirmation_after_minutes=minutes)
    assert due(planned(Choices(), settings, now))["confirmation/sms"] == expected


def test_a_confirmation_that_is_ordered_later_is_sent_where_there_was_none() -> None:
    """REM-2."""
    own = chosen(message("confirmation", "email"), message("confirmation", "sms"))
    rows = late_confirmations(appointment(), DEFAULTS, PARIS, paris(TUESDAY), own, {Channel.SMS})
    assert [(row.rule, row.channel, row.due_at) for row in rows] == [
        ("confirmation", Channel.EMAIL, paris(TUESDAY))
    ]
    requested = appointment(state="requested")
    assert late_confirmations(requested, DEFAULTS, PARIS, paris(TUESDAY), own, set()) == []
    assert late_confirmations(appointment(), DEFAULTS, PARIS, paris("2026-11-25T10:00"), own, set()) == []


def test_a_lead_that_has_passed_follows_the_practices_rule() -> None:
    """REM-4: booked inside the window."""
    settings = ReminderSettings(
        reminders=(ReminderChoice(state=ReminderState.ON, booked_inside=BookedInside.SKIP),)
    )
    own = chosen(message("reminder_1", "sms", lead={"count": 10, "unit": "days"}))
    assert due(planned(own, settings))["reminder_1/sms"] == "booked_inside_window"


@pytest.mark.parametrize(
    ("messages", "pointer"),
    [
        ([message("confirmation", "sms", lead=TWO_HOURS)], "/messages/0/lead"),
        ([message("reminder_1", "sms", subject="Rappel")], "/messages/0/subject"),
        ([message("reminder_1", "email"), message("reminder_1", "email")], "/messages/1"),
        ([message("reminder_1", "sms", text="Avec {product}")], "/messages/0/text"),
        (
            [message("reminder_1", "sms"), message("reminder_1", "email", subject="{oops}")],
            "/messages/1/subject",
        ),
    ],
)
def test_what_a_message_cannot_have_is_refused(messages: list[dict[str, Any]], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check(PutMessages.model_validate({"messages": messages}).messages)
    assert refused.value.members["errors"][0]["pointer"] == pointer
