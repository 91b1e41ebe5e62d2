"""A morning at a call centre: forty calls for five practices, two agents at once (DESK-1 .. DESK-9)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from harness import eventually
from journeys.call_centre import AFTERNOON, Agent, Practice, open_call_centre

from vetagenda_embedded.platform import Platform

MORNING = "2031-03-04T08:00:00+01:00"
NAMES = {"Port": "fr", "Parc": "fr", "Gare": "fr", "Dom": "de", "Seeblick": "en"}
OTHERS = {"Hafen": "de", "Nachbar": "de"}
REQUIRED = ["email", "reason"]


@dataclass(frozen=True)
class Ask:
    """Somebody asks to be called back. `over` and `address` are set when they write instead."""

    practice: int
    name: str
    number: str | None
    need: str = ""
    urgent: bool = False
    over: str = "phone"
    email: str | None = None


@dataclass(frozen=True)
class Book:
    """Somebody books; `known` has a record at the practice."""

    practice: int
    name: str
    number: str
    known: bool


def _number(last: int) -> str:
    return f"+3361200{last:04}"


# Two at once, in this order. The same name is the same person.
PAIRS: list[tuple[Ask | Book, Ask | Book]] = [
    (Ask(0, "Ana", _number(1), "fièvre depuis hier"), Ask(0, "Bob", _number(2))),
    (Ask(0, "Cleo", _number(3), "ordonnance"), Book(1, "Plutôt", _number(50), known=True)),
    (Ask(0, "Dan", _number(4), "il a mangé du chocolat", urgent=True), Ask(1, "Eva", _number(5), "vaccin")),
    (
        Ask(0, "Ana", _number(1), "fièvre"),
        Ask(0, "Ana", None, "Fièvre depuis hier !", over="email", email="ana@x.example"),
    ),
    (Ask(2, "Finn", _number(6)), Ask(2, "Gerd", _number(7))),
    (Book(3, "Neumann", _number(60), known=False), Ask(2, "Hugo", _number(8), "griffe cassée")),
    (Ask(3, "Ida", _number(9), "Rechnung"), Ask(3, "Ida", _number(9), "Die Rechnung")),
    (Ask(3, "Jan", _number(10), "Blut im Urin", urgent=True), Ask(3, "Kai", _number(11), "Impfung")),
    (Ask(2, "Finn", _number(6), "résultats d'analyse"), Ask(4, "Lou", _number(12), "limping")),
    (Ask(4, "Max", _number(13)), Book(4, "Okafor", _number(61), known=False)),
    (
        Ask(4, "Nia", _number(14), "cannot breathe", urgent=True),
        Ask(4, "Lou", _number(12), "limping since Sunday"),
    ),
    (Ask(0, "Bob", _number(2)), Ask(0, "Olga", _number(15), "vermifuge")),
    (Ask(1, "Paul", _number(16)), Ask(1, "Quentin", _number(17), "puces")),
    (Book(0, "Roy", _number(62), known=False), Book(2, "Plutôt", _number(51), known=True)),
    (
        Ask(1, "Eva", None, "vaccin de Milou", over="email", email="eva@x.example"),
        Ask(1, "Rosa", _number(18), "stérilisation"),
    ),
    (Ask(3, "Sam", _number(19)), Ask(3, "Tom", _number(20), "Zeckenmittel")),
    (Ask(0, "Cleo", _number(3), "question de facture"), Ask(2, "Ugo", _number(21), "toux")),
    (Ask(4, "Vera", _number(22), "stitches"), Ask(4, "Max", _number(13), "a second opinion")),
    (Ask(1, "Paul", _number(16), "il saigne", urgent=True), Ask(2, "Will", _number(23), "allergie")),
    (Ask(0, "Xena", _number(24), "toux", urgent=True), Ask(0, "Yves", _number(25))),
]
RECORDS = [(0, "Ana", 1, "ana@x.example"), (1, "Eva", 5, "eva@x.example")]
"""Owners with a record: by it an e-mail is known to be theirs."""


@pytest.fixture(scope="module")
async def morning(platform: Platform) -> AsyncIterator[tuple[list[Practice], list[Agent]]]:
    async with open_call_centre(platform, NAMES | OTHERS, MORNING) as (practices, agents):
        for practice in practices[:-1]:
            await _furnish(practice)
        for place, name, number, email in RECORDS:
            owner = {"family_name": name, "phone": _number(number), "email": email}
            await practices[place].clinic.call("POST", "owners", json=owner)
        for place, number in ((1, 50), (2, 51)):
            owner = {"family_name": "Plutôt", "phone": _number(number), "email": "plutot@x.example"}
            made = await practices[place].clinic.call("POST", "owners", json=owner)
            animal = {"owner_id": made["id"], "name": "Milou", "species": "dog"}
            await practices[place].clinic.call("POST", "animals", json=animal)
        yield practices, agents


async def _furnish(practice: Practice) -> None:
    clinic = practice.clinic
    offer = {"does": "offer_slot", "appointment_type_id": clinic.vaccination}
    steps = [{"id": "reason", "say": f"{practice.name}?", "answers": [{"label": "OK", "action": offer}]}]
    script = await clinic.call("POST", "desk/scripts", json={"name": practice.name, "steps": steps})
    vet = (await clinic.every("calendars"))[0]["id"]
    choices = {
        "popup": "script",
        "script_id": script["id"],
        "required_contact_fields": REQUIRED,
        "call_backs": {"calendar_ids": [vet], "hours": {"tuesday": [AFTERNOON], "wednesday": [AFTERNOON]}},
    }
    await clinic.call("PUT", "desk/settings", json=choices)


async def test_forty_calls(morning: tuple[list[Practice], list[Agent]]) -> None:
    practices, agents = morning
    items: dict[tuple[int, str], list[str]] = {}
    for minute, pair in enumerate(PAIRS):
        for place in {each.practice for each in pair}:
            now = f"2031-03-04T{8 + minute // 12:02}:{5 * (minute % 12):02}:00+01:00"
            await practices[place].clinic.call("POST", "test/clock", json={"now": now})
        taken = await asyncio.gather(
            *(_take(practices[each.practice], agent, each) for agent, each in zip(agents, pair, strict=True))
        )
        for each, answer in sorted(zip(pair, taken, strict=True), key=_arrived):
            if isinstance(each, Ask):
                _note(practices[each.practice], each, answer, items)
        for place in {each.practice for each in pair}:
            await _check(practices[place], agents[0])
    for practice in practices[: len(NAMES)]:
        await _check(practice, agents[1])
        assert practice.queue.order
    assert len(PAIRS) * 2 == 40


def _arrived(taken: tuple[Ask | Book, Any]) -> tuple[str, bool]:
    """Of two at once, who was first; of two that are the same, who made it."""
    return taken[1]["id"], taken[1].get("joined", False)


async def _take(practice: Practice, agent: Agent, wanted: Ask | Book) -> Any:
    if isinstance(wanted, Book):
        return await _book(practice, agent, wanted)
    if wanted.over == "phone":
        called = await agent.ring(practice.number, wanted.number)
        assert called["practice"]["name"] == practice.name
        assert called["popup"]["script"]["steps"][0]["say"] == f"{practice.name}?"
    body: dict[str, Any] = {
        "over": wanted.over,
        "name": wanted.name,
        "phone": wanted.number,
        "email": wanted.email,
    }
    body |= {"reason": wanted.need, "urgent": wanted.urgent}
    said = {name: value for name, value in body.items() if value is not None}
    return await agent.call("POST", f"{practice.path}/desk/call-backs", json=said)


def _note(
    practice: Practice, asked: Ask, answer: dict[str, Any], items: dict[tuple[int, str], list[str]]
) -> None:
    """What the rules say of it; `items` are the reasons for which each waits."""
    key, queue = (asked.practice, asked.name), practice.queue
    name = asked.name if asked.need != "question de facture" else "Cleo again"
    known = items.setdefault(key, [])
    if not known or name != asked.name:
        assert answer["joined"] is False, asked
        queue.add(name, answer["placed_at"] + answer["id"], need=bool(asked.need), urgent=asked.urgent)
    else:
        assert answer["joined"] is True, asked
        if asked.urgent:
            queue.raise_(name, answer["placed_at"] + answer["id"])
        elif asked.need and not any(known):
            queue.state(name)
    known.append(asked.need)


async def _check(practice: Practice, agent: Agent) -> None:
    found = (await agent.call("GET", f"{practice.path}/desk/call-backs"))["items"]
    shown = ["Cleo again" if each["reason"] == "question de facture" else each["name"] for each in found]
    assert shown == practice.queue.order
    assert [each["position"] for each in found] == list(range(1, len(found) + 1))
    assert not any("at" in each and each["agreed"] for each in found)


async def _book(practice: Practice, agent: Agent, wanted: Book) -> Any:
    """Four calls: who is it for, who is it, when, booked. What is missing is named, and asked."""
    before = agent.asked
    called = await agent.ring(practice.number, wanted.number)
    script = called["popup"]["script"]
    kind = script["steps"][0]["answers"][0]["action"]["appointment_type_id"]
    found = await agent.call("GET", f"{practice.path}/desk/contacts", params={"q": wanted.number})
    assert bool(found["items"]) == wanted.known
    slots = await agent.call("GET", f"{practice.path}/desk/slots", params={"appointment_type_id": kind})
    assert len({each["spoken"] for each in slots["slots"]}) == 3
    slot = slots["slots"][0]
    when = {"appointment_type_id": kind, "start": slot["start"]}
    who: dict[str, Any]
    if wanted.known:
        (caller,) = called["callers"]
        assert caller["owner_id"] == found["items"][0]["owner_id"]
        who = {
            "owner_id": caller["owner_id"],
            "animals": [{"animal_id": caller["animals"][0]["id"]}],
            "description": "Vaccin",
        }
        booked = await agent.call("POST", f"{practice.path}/desk/bookings", json=when | who)
        assert agent.asked - before == 4
    else:
        owner = {"given_name": "A", "family_name": wanted.name, "phone": wanted.number}
        who = {"owner": owner, "animals": [{"name": "Rex", "species": "dog"}]}
        refused = await agent.ask("POST", f"{practice.path}/desk/bookings", json=when | who)
        assert [each["pointer"] for each in refused.json()["errors"]] == ["/owner/email", "/description"]
        who = {**who, "owner": owner | {"email": "new@x.example"}, "description": "Vaccin"}
        booked = await agent.call("POST", f"{practice.path}/desk/bookings", json=when | who)
    visit = await practice.clinic.call("GET", f"appointments/{booked['appointment_id']}")
    assert (visit["source"], visit["start"]) == ("call-centre", slot["start"])
    return booked


async def test_the_feed_says_which_call_centre_it_was(morning: tuple[list[Practice], list[Agent]]) -> None:
    practice, agent = morning[0][len(NAMES)], morning[1][0]
    posted = await agent.call("POST", f"{practice.path}/desk/messages", json={"subject": "Fax kaputt"})

    async def told() -> list[Any]:
        events = await practice.clinic.every("events", after=0)
        return [each for each in events if each["subject"] == posted["id"]]

    (event,) = await eventually(told)
    assert event["type"] == "agenda.message.posted"
    assert event["data"]["actor"]["call_centre_id"] == agent.centre
    assert "Fax" not in str(event)


@pytest.mark.parametrize(
    ("place", "said"), [(0, "mardi 4 mars"), (3, "Dienstag, 4. März"), (4, "Tuesday 4 March")]
)
async def test_slots_are_said_in_the_practices_language(
    morning: tuple[list[Practice], list[Agent]], place: int, said: str
) -> None:
    practice, agent = morning[0][place], morning[1][0]
    kind = practice.clinic.vaccination
    slots = await agent.call("GET", f"{practice.path}/desk/slots", params={"appointment_type_id": kind})
    assert said in slots["slots"][0]["spoken"]


async def test_the_afternoon_is_for_who_has_an_appointment(
    morning: tuple[list[Practice], list[Agent]],
) -> None:
    """An agreed call is guaranteed, who is not there is called later, and it is longer where that is
    possible."""
    practices, (agent, other) = morning
    practice = practices[len(NAMES)]
    await practice.clinic.call("POST", "test/clock", json={"now": "2031-03-04T12:00:00+01:00"})
    path = f"{practice.path}/desk/call-backs"
    item, later = [
        await agent.call("POST", path, json={"phone": _number(last), "reason": "Labor"}) for last in (70, 71)
    ]
    two = {"start": "2031-03-04T14:00:00+01:00"}
    both = await asyncio.gather(
        agent.ask("POST", f"{path}/{item['id']}/agree", json=two),
        other.ask("POST", f"{path}/{later['id']}/agree", json=two),
    )
    assert sorted(each.status_code for each in both) == [200, 409]
    refused = next(each.json() for each in both if each.status_code == 409)
    assert refused["times"][0]["start"] == "2031-03-04T13:15:00Z"
    agreed = next(each.json() for each in both if each.status_code == 200)
    assert agreed["position"] is None
    await practice.clinic.call("POST", "test/clock", json={"now": "2031-03-04T14:00:00+01:00"})
    first = (await agent.call("GET", path))["items"][0]
    assert (first["id"], first["position"]) == (agreed["id"], 1)
    moved = await agent.call("POST", f"{path}/{agreed['id']}/absent")
    assert moved["agreed"]["start"] == "2031-03-04T13:15:00Z"
    assert (await agent.call("GET", path))["items"][0]["id"] != agreed["id"]
    longer = await agent.call("POST", f"{path}/{agreed['id']}/extend", json={"minutes": 15})
    assert longer["agreed"]["end"] == "2031-03-04T13:45:00Z"


async def test_the_key_sees_what_was_granted(morning: tuple[list[Practice], list[Agent]]) -> None:
    practices, (agent, _) = morning
    foreign, own = practices[-1], practices[0]
    for path in ("call-backs", "settings", "messages", "contacts", "organisation-chart", "slots"):
        refused = await agent.ask("GET", f"{foreign.path}/desk/{path}")
        assert (refused.status_code, refused.json()["code"]) == (404, "not-found"), path
    rung = await agent.ask("GET", "desk/calls", params={"to": foreign.number})
    assert (rung.status_code, rung.json()["code"]) == (404, "not-found")
    for method, path in (("PUT", "desk/settings"), ("POST", "desk/scripts"), ("GET", "staff")):
        refused = await agent.ask(method, f"{own.path}/{path}", json={} if method != "GET" else None)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing"), path
