"""What people do in the agenda."""

from datetime import timedelta
from typing import Any

import httpx
from reminders.model.history import Model, chosen, instant

ANY = {"If-Match": "*"}
WITHOUT_ANSWER = (404, 409, 422)
LANDLINE, MOBILE, DEAD = "+33144556677", "+33612345667", "+33600000001"


def judged(answer: httpx.Response, *done: int) -> bool:
    """Done, or refused for a reason."""
    assert answer.status_code in (*done, *WITHOUT_ANSWER), answer.text
    return answer.status_code in done


async def look(model: Model) -> None:
    """What the agenda says of all visits now."""
    answer = await model.clinic.agenda.get(f"{model.clinic.path}/appointments", params={"limit": "500"})
    assert answer.status_code == 200, answer.text
    for said in answer.json()["items"]:
        if said["owner_id"] == model.clinic.owner:
            model.learn(said)


async def _book(model: Model, minutes: float, number: int) -> None:
    start = model.now + timedelta(minutes=minutes, seconds=len(model.visits) + 1)
    both = [[model.clinic.animal], [model.other], [model.clinic.animal, model.other]]
    body = {
        "calendar_ids": [model.clinic.vet],
        "start": start.isoformat(),
        "appointment_type_id": model.clinic.vaccination if number % 6 else model.clinic.surgery,
        "owner_id": model.clinic.owner,
        "animal_ids": both[number % 3] if model.milou_lives.last else [model.other],
        "published": True,
        "override": {"reason": "test"},
    }
    answer = await model.clinic.agenda.post(f"{model.clinic.path}/appointments", json=body)
    assert answer.status_code == 201, answer.text
    await look(model)


async def book(model: Model, number: int) -> None:
    await _book(model, number, number)


async def book_ahead(model: Model, number: int) -> None:
    """Some days ahead: all its reminders are to come."""
    await _book(model, 4_000 + number, number)


async def book_beside(model: Model, number: int) -> None:
    """One or two more, soon after another one: mostly of the same day."""
    if beside := model.living(number):
        start = model.visits[beside][-1].start
        for more in range(1 + number % 2):
            await _book(model, (start - model.now) / timedelta(minutes=1) + 30 * (more + 1), number)


async def _act(
    model: Model, visit: str | None, what: str, body: dict[str, Any], actor: str = "person"
) -> None:
    if visit is None:
        return
    path = f"{model.clinic.path}/appointments/{visit}/{what}"
    async with model.clinic.house.client("agenda", model.clinic.id, actor=actor, test=True) as person:
        judged(await person.post(path, json=body, headers=ANY), 200)
    await look(model)


async def move(model: Model, number: int) -> None:
    start = model.now + timedelta(minutes=number, seconds=len(model.visits) + 1)
    body = {"start": start.isoformat(), "override": {"reason": "test"}}
    await _act(model, model.living(number), "reschedule", body)


async def extend(model: Model, number: int) -> None:
    """Nothing to learn: nothing that owners are told has changed."""
    await _act(model, model.living(number), "extend", {"minutes": 5})


async def cancel(model: Model, number: int) -> None:
    await _act(model, model.living(number), "cancel", {})


async def miss(model: Model, number: int) -> None:
    await _act(model, model.begun(number), "no-show", {})


async def come(model: Model, number: int) -> None:
    await _act(model, model.begun(number), "complete", {})


async def change_type(model: Model, number: int) -> None:
    """Another type, which may hide the hour."""
    if visit := model.living(number):
        kind = model.clinic.surgery if number % 2 else model.clinic.vaccination
        path = f"{model.clinic.path}/appointments/{visit}"
        judged(await model.clinic.agenda.patch(path, json={"appointment_type_id": kind}, headers=ANY), 200)
        await look(model)


async def regret(model: Model, number: int) -> None:
    """Cancelled or moved in a run of its own; undone now, or another time."""
    run = f"run-{len(model.undoable)}"
    start = model.now + timedelta(minutes=number + 60, seconds=len(model.visits) + 1)
    moving = {"start": start.isoformat(), "override": {"reason": "test"}}
    what, body = ("cancel", {}) if number % 2 else ("reschedule", moving)
    await _act(model, model.living(number), what, body, run)
    model.undoable.append(run)


async def undo(model: Model, number: int) -> None:
    if run := chosen(model.undoable, number):
        body = {"actor_kind": "api_key", "actor_id": run}
        judged(await model.clinic.agenda.post(f"{model.clinic.path}/changes/undo", json=body), 200)
        await look(model)


async def consent(model: Model, number: int) -> None:
    agreed = {"letter", "phone"} | {each for at, each in enumerate(("sms", "email")) if number >> at & 3}
    consents = {each: each in agreed for each in ("sms", "email", "letter", "phone")}
    await model.clinic.change(f"owners/{model.clinic.owner}", consents=consents)
    model.agreed.say(model.now, frozenset(agreed))


async def change_address(model: Model, number: int) -> None:
    """Another number, which may take no SMS or be out of order; or an e-mail address given up."""
    if number % 3 == 0:
        known = not model.email.last
        await model.clinic.change(f"owners/{model.clinic.owner}", email=model.clinic.email if known else None)
        model.email.say(model.now, known)
        return
    phone = (MOBILE, MOBILE, LANDLINE, DEAD)[number % 4]
    await model.clinic.change(f"owners/{model.clinic.owner}", phone=phone)
    model.phone.say(model.now, phone)


async def die(model: Model, number: int) -> None:
    """Seldom, and it may have been an error."""
    if number % 4 == 1 or not model.milou_lives.last:
        lives = not model.milou_lives.last
        died = None if lives else str(model.now.date())
        await model.clinic.change(f"animals/{model.clinic.animal}", deceased_on=died)
        model.milou_lives.say(model.now, lives)
        await look(model)


async def hide(model: Model, number: int) -> None:
    """The type's hour is hidden, or shown again: that decides when a message is due."""
    window = {"from": "08:00", "to": "09:00"} if number % 2 else None
    kind = f"appointment-types/{model.clinic.vaccination}"
    await model.clinic.change(kind, hide_time=bool(number % 2), arrival_window=window)
    model.hidden.say(model.now, bool(number % 2))


async def wish(model: Model, number: int) -> None:
    """A neighbour would come about when a visit is booked: when that becomes free, it is offered."""
    path = model.clinic.path
    if not model.passing.waiting:
        put = await model.clinic.agenda.put(f"{path}/waitlist-settings", json={"enabled": True}, headers=ANY)
        assert put.status_code == 200, put.text
        model.passing.waiting = True
    visit = model.living(number)
    around = model.visits[visit][-1].start if visit else model.now + timedelta(days=2)
    body = {
        "appointment_type_id": model.clinic.vaccination,
        "owner_id": model.neighbour,
        "animal_ids": [],
        "available_from": (around - timedelta(hours=2)).isoformat(),
        "available_to": (around + timedelta(hours=3)).isoformat(),
    }
    answer = await model.clinic.agenda.post(f"{path}/waitlist-entries", json=body)
    if judged(answer, 201):
        model.entries.append(answer.json()["id"])


async def answer_offer(model: Model, number: int) -> None:
    """The offer is accepted or declined, the entry taken off the list, or the practice closes."""
    entry = chosen(model.entries, number)
    if entry is None:
        return
    path = f"{model.clinic.path}/waitlist-entries/{entry}"
    offer = (await model.clinic.agenda.get(path)).json().get("offer")
    if offer is None:
        return
    what = ("accept", "decline", "leave", "close")[number % 4]
    if what == "leave":
        done = judged(await model.clinic.agenda.delete(path, headers=ANY), 204)
    elif what == "close":
        start = instant(offer["start"])
        closed = {"start": start.isoformat(), "end": (start + timedelta(minutes=5)).isoformat()}
        judged(await model.clinic.agenda.post(f"{model.clinic.path}/closures", json=closed), 201)
        done = False
    else:
        done = judged(await model.clinic.agenda.post(f"{path}/offers/{offer['id']}/{what}"), 200)
    if done:
        model.settled[offer["id"]] = model.now
    await look(model)
