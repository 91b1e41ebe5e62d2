"""R9 and REM-1 as a model: whatever people do, no message is ever about a past revision, and none is doubled.

Random bookings, moves, cancellations, visits that were missed or made, choices, templates, products, care
plans, orders of one's own, withdrawn consents and deaths, with time passing in between, over a year;
afterwards every row of the ledger is held against what was true when it left, and each other has a reason.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from harness import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reminders.clinic import furnished
from reminders.letters.posting import ADDRESS, ALL
from reminders.mailbox import Mailbox
from reminders.model.actions import ACTIONS, Action, step
from reminders.model.history import START, Model
from reminders.model.judging import judge

ACTS = st.tuples(st.sampled_from(ACTIONS), st.integers(0, 10_000))
A_YEAR = timedelta(days=365)


async def play(house: House, mailbox: Mailbox, steps: list[tuple[Action, int]]) -> None:
    clinic = await furnished(house, now=START.isoformat())
    await clinic.change(f"owners/{clinic.owner}", address=ADDRESS, consents=ALL)
    model = Model(clinic, f"accueil-{uuid4().hex}@parc.example")
    for action, number in steps:
        await step(model, action, number)
    model.now = max(model.now + timedelta(days=30), START + A_YEAR)
    await clinic.until(model.now.isoformat())
    await judge(model, mailbox)
    await clinic.close()


SLOWLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@given(st.lists(ACTS, min_size=4, max_size=8))
@settings(max_examples=3, deadline=None, suppress_health_check=SLOWLY)
async def test_no_message_is_about_a_past_revision(
    house: House, mailbox: Mailbox, steps: list[tuple[Action, int]]
) -> None:
    await play(house, mailbox, steps)


@pytest.mark.long
@given(st.lists(ACTS, min_size=10, max_size=30))
@settings(max_examples=150, deadline=None, suppress_health_check=SLOWLY)
async def test_no_message_is_about_a_past_revision_over_long_histories(
    house: House, mailbox: Mailbox, steps: list[tuple[Action, int]]
) -> None:
    await play(house, mailbox, steps)
