"""R9 and REM-1 as a model: whatever people do, no message is ever about a past revision, and none is doubled.

Random bookings, moves, cancellations, visits that were missed or made, offers of the waiting list, undone
changes, choices, ladders, templates, products, care plans, orders of one's own, browsers, withdrawn consents,
deaths and outages, with time passing in between, over a year; afterwards every row of the ledger is held
against what was true when it left, each other has a reason that was so, and nothing that was promised misses.
"""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from harness import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reminders.clinic import furnished
from reminders.letters.posting import ADDRESS, ALL
from reminders.mailbox import Mailbox
from reminders.model.actions import ACTIONS, Action, sign_in, step
from reminders.model.agenda import MOBILE
from reminders.model.history import START, Model, Over
from reminders.model.judging import judge
from reminders.model.known import AT_EVERY_CHANGE, KNOWN
from reminders.model.orders import choices_of
from reminders.model.passing import Passing
from reminders.web_push.push_service import PushService

ACTS = st.tuples(st.sampled_from(ACTIONS), st.integers(0, 10_000))
A_YEAR = timedelta(days=365)
Steps = list[tuple[Action, int]]


async def begun(house: House, pushes: PushService) -> Model:
    """An owner with two dogs, of whom Milou may die, and who can be reached by all channels."""
    clinic = await furnished(house, now=START.isoformat())
    await clinic.change(f"owners/{clinic.owner}", address=ADDRESS, consents=ALL, phone=MOBILE)
    rex = await clinic.make("animals", owner_id=clinic.owner, name="Rex", species="dog")
    neighbour = await clinic.make(
        "owners", family_name="Suivant", phone="06 98 76 54 32", consents={"sms": True}
    )
    desk = f"accueil-{uuid4().hex}@parc.example"
    chosen = choices_of(10, desk)
    await clinic.choose(**chosen)
    return Model(
        clinic,
        Passing(clinic, START),
        desk=desk,
        other=rex["id"],
        neighbour=neighbour["id"],
        pushes=pushes.origin,
        agreed=Over([(START, frozenset(ALL))]),
        phone=Over([(START, MOBILE)]),
        email=Over([(START, True)]),
        milou_lives=Over([(START, True)]),
        hidden=Over([(START, False)]),
        settings=Over([(START, chosen)]),
    )


async def play(house: House, mailbox: Mailbox, pushes: PushService, steps: Steps) -> None:
    """What fails says by which history."""
    try:
        await _play(house, mailbox, pushes, steps)
    except Exception as error:
        error.add_note("\n".join(f"{action.__name__} {number}" for action, number in steps))
        raise


async def _play(house: House, mailbox: Mailbox, pushes: PushService, steps: Steps) -> None:
    model = await begun(house, pushes)
    for action, number in steps:
        await step(model, action, number)
    model.now = max(model.now + timedelta(days=30), START + A_YEAR)
    await model.passing.to(model.now)
    await sign_in(model.clinic)
    await judge(model, mailbox, pushes.arrived)
    await model.clinic.close()


SLOWLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.parametrize("what", AT_EVERY_CHANGE)
async def test_what_only_one_check_prevents(
    house: House, mailbox: Mailbox, pushes: PushService, what: str
) -> None:
    """REM-1, REM-17."""
    await play(house, mailbox, pushes, KNOWN[what])


@pytest.mark.long
@pytest.mark.parametrize("what", [each for each in KNOWN if each not in AT_EVERY_CHANGE])
async def test_what_only_one_check_prevents_besides(
    house: House, mailbox: Mailbox, pushes: PushService, what: str
) -> None:
    """REM-1, REM-4, AGD-7."""
    await play(house, mailbox, pushes, KNOWN[what])


@given(st.lists(ACTS, min_size=4, max_size=10))
@settings(max_examples=2, deadline=None, suppress_health_check=SLOWLY)
async def test_no_message_is_about_a_past_revision(
    house: House, mailbox: Mailbox, pushes: PushService, steps: Steps
) -> None:
    await play(house, mailbox, pushes, steps)


LONG = st.lists(ACTS, min_size=10, max_size=24)


@pytest.mark.long
@given(st.tuples(LONG, LONG, LONG, LONG, LONG))
@settings(max_examples=20, deadline=None, suppress_health_check=SLOWLY)
async def test_no_message_is_about_a_past_revision_over_long_histories(
    house: House, mailbox: Mailbox, pushes: PushService, histories: tuple[Steps, ...]
) -> None:
    """150 of them, five practices at a time. To make one shorter would take longer than to read it."""
    async with asyncio.TaskGroup() as playing:
        for steps in histories:
            playing.create_task(play(house, mailbox, pushes, steps))
