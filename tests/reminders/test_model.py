"""R9 as a model: whatever people do, no message is ever about a past revision, and none is doubled.

Random bookings, moves, cancellations, missed visits, withdrawn consents and deaths, with time passing in
between; afterwards every row of the ledger is held against what was true when it left.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from harness import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reminders.appointments.sample import PARIS
from reminders.clinic import Clinic, furnished
from reminders.ledger.worker import submissions

START = datetime(2026, 3, 23, 7, tzinfo=UTC)  # the week before the spring change
ACTIONS = st.sampled_from(
    [
        "book",
        "book",
        "move",
        "move",
        "extend",
        "cancel",
        "no-show",
        "consent",
        "death",
        "settings",
        "wait",
        "wait",
        "wait",
    ]
)
STEPS = st.lists(st.tuples(ACTIONS, st.integers(0, 10_000)), min_size=5, max_size=25)
STANDS_WHILE_CONFIRMED = ("confirmation", "rescheduled", "reminder", "push")
"""Every other message is about the status of its own name: `cancelled`."""


@dataclass
class Model:
    """What was true, and since when."""

    clinic: Clinic
    now: datetime = START
    appointments: list[dict[str, Any]] = field(default_factory=list)
    truths: dict[str, list[tuple[datetime, int, str]]] = field(default_factory=dict)
    consenting: list[tuple[datetime, bool]] = field(default_factory=lambda: [(START, True)])
    died_at: datetime | None = None

    def learn(self, appointment: dict[str, Any]) -> None:
        truth = (self.now, appointment["sequence"], appointment["status"])
        self.truths.setdefault(appointment["id"], []).append(truth)

    def true_at(self, appointment_id: str, instant: datetime) -> tuple[int, str]:
        known = [truth for truth in self.truths[appointment_id] if truth[0] <= instant]
        return known[-1][1:]

    def living(self) -> list[dict[str, Any]]:
        return [
            each
            for each in self.appointments
            if self.truths[each["id"]][-1][2] == "confirmed" and instant(each["start"]) > self.now
        ]

    def begun(self) -> list[dict[str, Any]]:
        return [
            each
            for each in self.appointments
            if self.truths[each["id"]][-1][2] == "confirmed" and instant(each["start"]) <= self.now
        ]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def step(model: Model, action: str, number: int) -> None:
    """One thing a minute: what was true at a message's instant is never in doubt."""
    model.now += timedelta(minutes=1)
    await model.clinic.until(model.now.isoformat())
    clinic, living = model.clinic, model.living()
    chosen = living[number % len(living)] if living else None
    start = model.now + timedelta(minutes=number, seconds=len(model.appointments) + 1)
    if action == "book":
        made = await clinic.book(start.isoformat(), override={"reason": "test"})
        model.appointments.append(made)
        model.learn(made)
    elif action == "move" and chosen:
        moved = await clinic.act(chosen, "reschedule", start=start.isoformat(), override={"reason": "test"})
        chosen["start"] = moved["start"]
        model.learn(moved)
    elif action == "extend" and chosen:  # nothing to learn: nothing that owners are told has changed
        path = f"{clinic.path}/appointments/{chosen['id']}/extend"
        answer = await clinic.agenda.post(path, json={"minutes": 5}, headers={"If-Match": "*"})
        assert answer.status_code in (200, 409), answer.text
    elif action == "cancel" and chosen:
        model.learn(await clinic.act(chosen, action))
    elif action == "no-show" and (begun := model.begun()):
        model.learn(await clinic.act(begun[number % len(begun)], action))
    elif action == "consent":
        agreed = bool(number % 2)
        await clinic.change(f"owners/{clinic.owner}", consents={"sms": agreed})
        model.consenting.append((model.now, agreed))
    elif action == "death" and number % 5 == 0 and model.died_at is None:
        await clinic.change(f"animals/{clinic.animal}", deceased_on=str(model.now.date()))
        model.died_at = model.now
    elif action == "settings":
        hours = {"state": "on", "lead": {"count": number % 60, "unit": "hours"}, "booked_inside": "soon"}
        await clinic.choose(reminders=[hours, {"state": "on"}])
        await clinic.advance("PT0S")
    elif action == "wait":
        model.now += timedelta(minutes=number)
        await clinic.until(model.now.isoformat())


async def judge(model: Model) -> None:
    rows = await model.clinic.ledger()
    for row in rows:
        assert row["status"] in ("sent", "skipped", "withdrawn"), row
        if row["status"] == "sent":
            left(model, row)
        elif row["status"] == "skipped":
            assert row["skip_reason"], row
    given_twice = [key for key, times in (await submissions(model.clinic)).items() if times != 1]
    assert given_twice == []


def left(model: Model, row: dict[str, Any]) -> None:
    at = instant(row["finished_at"])
    sequence, status = model.true_at(row["appointment_id"], at)
    assert row["sequence"] == sequence, row
    stands = "confirmed" if row["purpose"] in STANDS_WHILE_CONFIRMED else row["purpose"]
    assert status == stands, row
    assert model.died_at is None or at <= model.died_at, row
    if row["channel"] == "sms":
        assert [agreed for since, agreed in model.consenting if since <= at][-1], row
        hour = at.astimezone(PARIS).hour
        assert 8 <= hour < 20 or row["purpose"] in ("rescheduled", "cancelled"), row


async def play(house: House, steps: list[tuple[str, int]]) -> None:
    clinic = await furnished(house, now=START.isoformat())
    model = Model(clinic)
    for action, number in steps:
        await step(model, action, number)
    await clinic.advance("P30D")
    await judge(model)
    await clinic.close()


SLOWLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@given(STEPS)
@settings(max_examples=3, deadline=None, suppress_health_check=SLOWLY)
async def test_no_message_is_about_a_past_revision(house: House, steps: list[tuple[str, int]]) -> None:
    await play(house, steps)


@pytest.mark.long
@given(STEPS)
@settings(max_examples=150, deadline=None, suppress_health_check=SLOWLY)
async def test_no_message_is_about_a_past_revision_over_long_histories(
    house: House, steps: list[tuple[str, int]]
) -> None:
    await play(house, steps)
