"""What people do, one thing a minute: what was true at a message's instant is never in doubt."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
from reminders.letters.posting import ALL
from reminders.model.history import Model, chosen, instant
from reminders.visits.counter import QUARTERLY, add, offered, opened

Action = Callable[[Model, int], Awaitable[None]]
ANY = {"If-Match": "*"}
CHANNELS = ["sms", "email", "letter", "phone"]
EVERY = ["added", "moved", "cancelled"]


async def book(model: Model, number: int) -> None:
    start = model.now + timedelta(minutes=number, seconds=len(model.appointments) + 1)
    made = await model.clinic.book(start.isoformat(), override={"reason": "test"})
    model.appointments.append(made)
    model.learn(made)


async def book_beside(model: Model, number: int) -> None:
    """One more visit, soon after another one: mostly of the same day."""
    if beside := model.living(number):
        start = instant(beside["start"]) + timedelta(minutes=30, seconds=1)
        made = await model.clinic.book(start.isoformat(), override={"reason": "test"})
        model.appointments.append(made)
        model.learn(made)


async def move(model: Model, number: int) -> None:
    start = model.now + timedelta(minutes=number, seconds=len(model.appointments) + 1)
    if moving := model.living(number):
        again = {"start": start.isoformat(), "override": {"reason": "test"}}
        moved = await model.clinic.act(moving, "reschedule", **again)
        moving["start"] = moved["start"]
        model.learn(moved)


async def extend(model: Model, number: int) -> None:
    """Nothing to learn: nothing that owners are told has changed."""
    if longer := model.living(number):
        path = f"{model.clinic.path}/appointments/{longer['id']}/extend"
        answer = await model.clinic.agenda.post(path, json={"minutes": 5}, headers=ANY)
        assert answer.status_code in (200, 409), answer.text


async def cancel(model: Model, number: int) -> None:
    if ending := model.living(number):
        model.learn(await model.clinic.act(ending, "cancel"))


async def miss(model: Model, number: int) -> None:
    if missed := model.begun(number):
        model.learn(await model.clinic.act(missed, "no-show"))


async def come(model: Model, number: int) -> None:
    if coming := model.begun(number):
        model.learn(await model.clinic.act(coming, "complete"))


async def consent(model: Model, number: int) -> None:
    agreed = bool(number % 3)
    await model.clinic.change(f"owners/{model.clinic.owner}", consents=ALL | {"sms": agreed})
    model.consenting.append((model.now, agreed))


async def die(model: Model, number: int) -> None:
    """Seldom: nothing more is heard of in that history."""
    if number % 20 == 7 and model.died_at is None:
        died = str(model.now.date())
        await model.clinic.change(f"animals/{model.clinic.animal}", deceased_on=died)
        model.died_at = model.now


async def settle(model: Model, number: int) -> None:
    hours = {"count": number % 60, "unit": "hours"}
    both = ["sms", "email"][: 1 + number % 2]
    staff = {"on": EVERY, "recipients": [{"name": "Accueil", "email": model.desk}] if number % 3 else []}
    await model.clinic.choose(
        confirmation=both,
        confirmation_after_minutes=number % 4 * 15,
        reminders=[
            {"state": "on", "lead": hours, "booked_inside": "soon", "channels": both},
            {"state": "on"},
        ],
        staff_notices=staff,
    )


async def rewrite(model: Model, number: int) -> None:
    """A template, which the type's reminders have from now on; or the type without any."""
    texts = {"sms": {"body": f"{{animal}} le {{when}} ({number})"}}
    template = (
        await model.clinic.make("templates", name="Rappel", texts=texts) if number % 3 else {"id": None}
    )
    kind = f"appointment-types/{model.clinic.vaccination}"
    await model.clinic.change(kind, reminder_template_id=template["id"])


async def hide(model: Model, number: int) -> None:
    """The type's hour is hidden, or shown again: that decides when a message is due."""
    window = {"from": "08:00", "to": "09:00"} if number % 2 else None
    kind = f"appointment-types/{model.clinic.vaccination}"
    await model.clinic.change(kind, hide_time=bool(number % 2), arrival_window=window)


async def choose_messages(model: Model, number: int) -> None:
    if own := model.living(number):
        path = f"{model.clinic.path}/appointments/{own['id']}/messages"
        lead = {"count": 1 + number % 90, "unit": "hours"}
        one = {"rule": "reminder_1", "channel": "sms", "enabled": bool(number % 3), "lead": lead}
        two = {"rule": "confirmation", "channel": "email", "enabled": bool(number % 2)}
        answer = await model.clinic.reminders.put(path, json={"messages": [one, two]}, headers=ANY)
        assert answer.status_code == 200, answer.text


async def remind_now(model: Model, number: int) -> None:
    if about := model.living(number):
        path = f"{model.clinic.path}/appointments/{about['id']}/messages/send"
        channels = ["sms", "email"][: 1 + number % 2]
        judged(await model.clinic.reminders.post(path, json={"channels": channels}), 202)


async def write_own(model: Model, number: int) -> None:
    """A person's own reminder: of a visit, or of the animal."""
    about = model.living(number) if number % 2 else None
    whom: dict[str, Any] = {"owner_id": model.clinic.owner, "animal_ids": [model.clinic.animal]}
    if about:
        whom = {"appointment_id": about["id"]}
    due = model.now + timedelta(minutes=1 + number)
    body = {"channels": ["sms", "email", "phone"], "due_at": due.isoformat(), "text": "Pour {animal}"}
    answer = judged(
        await model.clinic.reminders.post(f"{model.clinic.path}/reminders", json=whom | body), 201
    )
    if about and answer.status_code == 201:
        start = instant(about["start"])
        model.ordered |= {row["id"]: start for row in answer.json()["items"]}


async def give(model: Model, number: int) -> None:
    """A product with a reminder by all channels, each time a month later."""
    if not model.product:
        made = await offered(model.clinic, QUARTERLY | {"channels": CHANNELS})
        model.product = made["id"]
    body = {"product_id": model.product, "animal_id": model.clinic.animal}
    judged(await model.clinic.reminders.post(f"{model.clinic.path}/administrations", json=body), 201)


async def put_down(model: Model, number: int) -> None:
    """A line of a visit of today, and it may be taken away again."""
    if model.died_at is None:
        product = await offered(model.clinic, QUARTERLY | {"channels": ["sms", "email"]})
        line = await add(model.clinic, await opened(model.clinic), product_id=product["id"])
        if number % 4 == 0:
            path = f"{model.clinic.path}/visits/{line['visit_id']}/lines/{line['id']}"
            judged(await model.clinic.reminders.delete(path, headers=ANY), 204)


async def care(model: Model, number: int) -> None:
    """Steps before and after a visit, or none any more."""
    before = {"name": "Avant", "when": {"hours": -1 - number % 200}, "channels": ["sms"], "text": "{animal}"}
    after = {"name": "Après", "when": {"days": 3, "at": "09:00"}, "channels": ["email"], "text": "{animal} ?"}
    steps = [before, after][: number % 3]
    path = f"{model.clinic.path}/care-plans/{model.clinic.vaccination}"
    answer = await model.clinic.reminders.put(path, json={"steps": steps}, headers=ANY)
    assert answer.status_code == 200, answer.text


async def call_off(model: Model, number: int) -> None:
    """A person cancels one message."""
    if row := chosen(await model.clinic.ledger(status="planned"), number):
        path = f"{model.clinic.path}/reminders/{row['id']}/cancel"
        judged(await model.clinic.reminders.post(path), 200)


async def wait(model: Model, number: int) -> None:
    model.now += timedelta(minutes=number)


async def wait_long(model: Model, number: int) -> None:
    model.now += timedelta(hours=number % 1_000)


def judged(answer: httpx.Response, done: int) -> httpx.Response:
    """Done, or refused for a reason: a dead animal, nothing to remind of."""
    assert answer.status_code in (done, 404, 409, 422), answer.text
    return answer


ACTIONS: tuple[Action, ...] = (
    *(book, book, book_beside, move, move, extend, cancel, miss, come, consent, die, settle, rewrite, hide),
    *(choose_messages, remind_now, write_own, give, put_down, care, call_off, wait, wait, wait, wait_long),
)


async def step(model: Model, action: Action, number: int) -> None:
    model.now += timedelta(minutes=1)
    await model.clinic.until(model.now.isoformat())
    await action(model, number)
