"""What people order of reminders itself."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from reminders.model.agenda import ANY, answer_offer, book, cancel, consent, die, judged, move
from reminders.model.history import Given, Model, Subscribed, chosen, instant
from reminders.visits.counter import QUARTERLY, add, offered, opened
from reminders.web_push.push_service import Browser
from reminders.web_push.test_subscriptions import subscribe

CHANNELS = ("sms", "email", "letter", "phone")
EVERY = ["added", "moved", "cancelled"]
_LINK = re.compile(r"https://rdv\.example\.org(/v1/links/[A-Za-z0-9_-]{72})(?![\w-])")


def choices_of(number: int, desk: str) -> dict[str, Any]:
    """A practice's settings, different ones by number. The second reminder is by the other channel, or by
    the same one a few hours before."""
    channels = (["sms", "email"], ["email"], ["sms"])[number % 3]
    hours = {"count": 3 + number % 57, "unit": "hours"}
    first: dict[str, Any] = {
        "state": ("on", "on", "on", "new_contacts", "off")[number % 5],
        "channels": channels,
        "lead": {"count": number % 5, "unit": "days"} if number % 2 else hours,
        "booked_inside": ("skip", "soon", "merge")[number // 5 % 3],
    }
    if number % 7 in (0, 1):
        first |= {"state": "on", "delivery": "ladder", "channels": ["sms", "email", "phone"]}
        first |= {"step_hours": 1 + number % 20}
    second = {"state": "on", "channels": ["email", "sms"], "lead": {"count": 2, "unit": "hours"}}
    second |= {"booked_inside": ("soon", "skip")[number % 2]}
    staff = {"on": EVERY, "recipients": [{"name": "Accueil", "email": desk}] if number % 3 else []}
    return {
        "confirmation": (["sms"], ["sms", "email"], [])[number // 3 % 3],
        "notices": (["sms", "email"], ["sms"])[number // 2 % 2],
        "confirmation_after_minutes": number % 4 * 15,
        "reminders": [first, second],
        "push_lead_hours": [25, 1] if number % 4 else [],
        "staff_notices": staff,
        "sender_email": None if number % 2 else "cabinet@parc.example",
    }


async def settle(model: Model, number: int) -> None:
    wanted = choices_of(number, model.desk)
    await model.clinic.choose(**wanted)
    model.settings.say(model.now, wanted)


async def rewrite(model: Model, number: int) -> None:
    """A template, which the type's reminders have from now on; or the type without any."""
    texts = {"sms": {"body": f"{{animal}} le {{when}} ({number})"}}
    template = (
        await model.clinic.make("templates", name="Rappel", texts=texts) if number % 3 else {"id": None}
    )
    kind = f"appointment-types/{model.clinic.vaccination}"
    await model.clinic.change(kind, reminder_template_id=template["id"])


async def choose_messages(model: Model, number: int) -> None:
    if own := model.living(number):
        path = f"{model.clinic.path}/appointments/{own}/messages"
        lead = {"count": 1 + number % 90, "unit": "hours"}
        one = {"rule": "reminder_1", "channel": "sms", "enabled": bool(number % 3), "lead": lead}
        two = {"rule": "confirmation", "channel": "email", "enabled": bool(number % 2)}
        answer = await model.clinic.reminders.put(path, json={"messages": [one, two]}, headers=ANY)
        assert answer.status_code == 200, answer.text
        model.choices[own].say(model.now, [one, two])


async def remind_now(model: Model, number: int) -> None:
    if about := model.living(number):
        path = f"{model.clinic.path}/appointments/{about}/messages/send"
        channels = ["sms", "email"][: 1 + number % 2]
        judged(await model.clinic.reminders.post(path, json={"channels": channels}), 202)


async def write_own(model: Model, number: int) -> None:
    """A person's own reminder: of a visit, or of the animal."""
    about = model.living(number) if number % 2 else None
    whom: dict[str, Any] = {"owner_id": model.clinic.owner, "animal_ids": [model.clinic.animal]}
    if about:
        whom = {"appointment_id": about}
    due = model.now + timedelta(minutes=1 + number)
    body = {"channels": ["sms", "email", "phone"], "due_at": due.isoformat(), "text": "Pour {animal}"}
    answer = await model.clinic.reminders.post(f"{model.clinic.path}/reminders", json=whom | body)
    if judged(answer, 201) and about:
        start = model.visits[about][-1].start
        model.ordered |= {row["id"]: start for row in answer.json()["items"]}


async def give(model: Model, number: int) -> None:
    """A product with a reminder by all channels, each time a quarter later."""
    if not model.product:
        made = await offered(model.clinic, QUARTERLY | {"channels": list(CHANNELS)})
        model.product, model.rule = made["id"], made["rule_ids"][0]
    body = {"product_id": model.product, "animal_id": model.clinic.animal}
    answer = await model.clinic.reminders.post(f"{model.clinic.path}/administrations", json=body)
    if judged(answer, 201):
        model.given[answer.json()["id"]] = Given(model.now, CHANNELS)


async def edit_rule(model: Model, number: int) -> None:
    """What was given already keeps its days; what is given later has them from the new rule."""
    if model.rule:
        await model.clinic.change(f"reminder-rules/{model.rule}", name=f"Règle {number}")


async def put_down(model: Model, number: int) -> None:
    """A line of a visit of today, and it may be taken away again."""
    if model.milou_lives.last:
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
        if judged(await model.clinic.reminders.post(path), 200):
            model.called_off.add(row["id"])


async def confirm(model: Model, number: int) -> None:
    """The owner opens the link of the newest message that has one."""
    sent = [row for row in await model.clinic.ledger(status="sent") if _LINK.search(row["body"] or "")]
    sent.sort(key=lambda row: str(row["finished_at"]))
    for row in sent[-1:]:
        path = _LINK.findall(row["body"])[number % len(_LINK.findall(row["body"]))]
        transport = model.clinic.house.transports["booking"]
        async with httpx.AsyncClient(base_url="http://platform", transport=transport) as owner:
            answer = await owner.post(f"{path}/confirm")
        assert answer.status_code in (200, 404, 409, 410), answer.text
        if answer.status_code == 200:
            await _note_confirmed(model)


async def _note_confirmed(model: Model) -> None:
    answer = await model.clinic.agenda.get(f"{model.clinic.path}/appointments", params={"limit": "500"})
    for said in answer.json()["items"]:
        if (at := said["confirmed_by_owner_at"]) and said["id"] in model.visits:
            known = model.confirmed.setdefault(said["id"], [])
            if instant(at) not in known:
                known.append(instant(at))


async def subscribe_browser(model: Model, number: int) -> None:
    """A browser more; or the newest one goes."""
    browser = Browser(f"{model.pushes}/{uuid4().hex}")
    if number % 3 == 0 and model.browsers and model.browsers[-1].until > model.now:
        gone = model.browsers[-1]
        path = f"{model.clinic.path}/push-subscriptions/{gone.id}"
        assert (await model.clinic.reminders.delete(path, headers=ANY)).status_code == 204
        gone.until = model.now
        return
    answer = await subscribe(model.clinic, browser)
    assert answer.status_code == 201, answer.text
    model.browsers.append(Subscribed(browser, answer.json()["id"], model.now))


async def _meanwhile(model: Model, number: int) -> None:
    either = answer_offer if number % 10 == 5 else book
    await (either, cancel, move, die, consent)[number % 5](model, number)


async def be_cut_off(model: Model, number: int) -> None:
    """The agenda does not answer reminders for a while, in which something happens."""
    begin = model.now
    over = begin + timedelta(minutes=5 + number % 3_000)
    async with model.passing.cut_off(over):
        await _meanwhile(model, number)
    model.hindered.append((begin, over))
    model.now = over


async def be_quicker(model: Model, number: int) -> None:
    """Something happens, and messages are sent before anybody has planned anew."""
    begin = model.now
    over = begin + timedelta(minutes=5 + number % 3_000)
    async with model.passing.unplanned(over):
        await _meanwhile(model, number)
    model.hindered.append((begin, over))
    model.now = over


async def wait(model: Model, number: int) -> None:
    model.now += timedelta(minutes=number)


async def wait_long(model: Model, number: int) -> None:
    model.now += timedelta(hours=number % 1_000)
