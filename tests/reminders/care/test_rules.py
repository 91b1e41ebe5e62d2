"""REM-16: when the steps around a visit are due, as tables of cases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from reminders.appointments.sample import PARIS, appointment, paris, surgery

from vetagenda_reminders.appointments.rules import Planned
from vetagenda_reminders.care import rules
from vetagenda_reminders.care.schemas import CareStep
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ledger.rules import Due, still_stands
from vetagenda_reminders.ledger.vocabulary import Channel, SkipReason

BOOKED = paris("2026-11-17T08:00")


def step(when: dict[str, Any], *channels: str) -> CareStep:
    return CareStep.model_validate(
        {"name": "Étape", "when": when, "channels": channels or ("email",), "text": "À jeun"}
    )


def plan(one: CareStep, visit: AppointmentFacts, now: datetime = BOOKED) -> list[Planned]:
    return rules.plan(visit, [one], PARIS, now)


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ({"days": -1, "at": "20:00"}, "2026-11-24T20:00"),
        ({"days": 0, "at": "07:30"}, "2026-11-25T07:30"),
        ({"days": 3, "at": "09:00"}, "2026-11-28T09:00"),
        ({"hours": -2}, "2026-11-25T08:00"),
        ({"hours": 4}, "2026-11-25T14:00"),
    ],
)
def test_days_are_of_the_calendar_and_hours_elapse(when: dict[str, Any], due: str) -> None:
    (one,) = plan(step(when), appointment())
    assert one.due_at == paris(due)


def test_the_clock_change_moves_no_wall_clock_time() -> None:
    """The Monday after summer time ended: the evening before is 20:00 on the wall, 48 hours are elapsed."""
    visit = appointment("2026-10-26T10:00")
    now = paris("2026-10-20T08:00")
    evening, elapsed = step({"days": -2, "at": "20:00"}), step({"hours": -48})
    assert plan(evening, visit, now)[0].due_at == paris("2026-10-24T20:00")
    assert plan(elapsed, visit, now)[0].due_at == paris("2026-10-24T11:00")


@pytest.mark.parametrize("hours", [-2, 1])
def test_hours_of_a_hidden_visit_count_from_the_arrival_window(hours: int) -> None:
    """REM-5: the same for a surgery at 11:30 and one at 15:00, so that the minute gives nothing away."""
    early, late = (plan(step({"hours": hours}), surgery(f"2026-11-25T{at}")) for at in ("11:30", "15:00"))
    assert [one.due_at for one in early] == [one.due_at for one in late]
    assert early[0].due_at == paris("2026-11-25T08:00") + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ({"days": -1, "at": "20:00"}, "2026-11-24T19:59"),
        ({"hours": -7}, "2026-11-24T19:59"),
        ({"days": 1, "at": "22:00"}, "2026-11-27T08:00"),
    ],
)
def test_an_sms_at_night_comes_before_a_visit_and_after_the_night_behind_one(
    when: dict[str, Any], due: str
) -> None:
    """SMS-3: fasting that is said in the morning comes too late."""
    (one,) = plan(step(when, "sms"), appointment())
    assert one.due_at == paris(due)


@pytest.mark.parametrize(
    ("state", "stands"),
    [
        ("requested", {}),
        ("confirmed", {"before", "after"}),
        ("arrived", {"after"}),
        ("completed", {"after"}),
        ("no_show", {}),
        ("cancelled", {}),
    ],
)
def test_in_which_states_steps_stand(state: str, stands: set[str]) -> None:
    steps = {"before": step({"days": -1, "at": "12:00"}), "after": step({"days": 3, "at": "12:00"})}
    visit = appointment(state=state)
    assert {name for name, one in steps.items() if plan(one, visit)} == set(stands)
    for name, one in steps.items():
        (row,) = plan(one, appointment())
        due = Due(
            row.purpose, row.channel, 0, row.due_at, row.useful_until, visit.owner_id, False, visit.start
        )
        assert still_stands(due, visit) is (name in stands), name


def test_what_prepares_is_useful_until_the_visit_and_what_follows_for_a_week() -> None:
    (before,) = plan(step({"hours": -2}), appointment())
    (after,) = plan(step({"days": 3, "at": "09:00"}), appointment())
    assert before.useful_until == paris("2026-11-25T10:00")
    assert after.useful_until == paris("2026-12-05T09:00")


def test_a_step_whose_time_had_passed_is_kept_as_skipped() -> None:
    now = paris("2026-11-25T09:00")
    (one,) = plan(step({"days": -1, "at": "20:00"}), appointment(), now)
    assert one.skip is SkipReason.INSIDE_WINDOW


def test_a_visit_that_has_begun_writes_down_no_missed_step() -> None:
    """Unless the ledger has it: then it is wanted still, and a late scheduler sends it."""
    now, missed = paris("2026-11-25T15:00"), step({"hours": 1})
    assert plan(missed, appointment(), now) == []
    assert rules.plan(appointment(), [missed], PARIS, now, {missed.rule})


def test_all_channels_go() -> None:
    planned = plan(step({"hours": -2}, "sms", "email", "phone"), appointment())
    assert {one.channel for one in planned} == {Channel.SMS, Channel.EMAIL, Channel.PHONE}


def test_nobody_is_told_about_the_deceased() -> None:
    dead = [{"id": "0192f0c4-0000-7000-8000-000000000002", "name": "Milou", "deceased_on": "2026-11-20"}]
    (one,) = plan(step({"days": 3, "at": "09:00"}), appointment(animals=dead))
    assert one.skip is SkipReason.DECEASED
