"""The queue of who waits to be called back, and calls at an agreed time (DESK-7)."""

import asyncio
from typing import Any

import httpx
import pytest
from agenda.conftest import Clinic
from agenda.desk.conftest import chosen, move_clock, pointers
from harness import eventually
from sqlalchemy import text

NOON = "2031-03-04T12:00:00+01:00"


async def ask(clinic: Clinic, **body: Any) -> dict[str, Any]:
    return await clinic.make("desk/call-backs", **body)


async def order(clinic: Clinic) -> list[str]:
    answer = await clinic.http.get(f"{clinic.path}/desk/call-backs")
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    places = [each["position"] for each in items if each["position"]]
    assert places == list(range(1, len(places) + 1))
    return [each["name"] for each in items]


async def say(clinic: Clinic, item: dict[str, Any], how: str, **body: Any) -> httpx.Response:
    return await clinic.http.post(f"{clinic.path}/desk/call-backs/{item['id']}/{how}", json=body or None)


async def said(clinic: Clinic, item: dict[str, Any], how: str, **body: Any) -> dict[str, Any]:
    answer = await say(clinic, item, how, **body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def callable_at(clinic: Clinic, **call_backs: Any) -> None:
    await chosen(clinic, call_backs={"calendar_ids": [clinic.vets[0]]} | call_backs)


async def test_each_is_told_their_place_and_no_time(clinic: Clinic) -> None:
    first = await ask(clinic, name="A", phone="06 11 00 00 01", reason="fièvre")
    second = await ask(clinic, name="B", phone="06 11 00 00 02", reason="vaccin")
    assert (first["position"], second["position"]) == (1, 2)
    assert first["agreed"] is None
    assert first["joined"] is False
    read = (await clinic.http.get(f"{clinic.path}/desk/call-backs/{second['id']}")).json()
    assert read["position"] == 2


async def test_urgency_raises_and_no_need_goes_to_the_end(clinic: Clinic) -> None:
    await ask(clinic, name="vague", phone="06 11 00 00 01")
    await ask(clinic, name="first", phone="06 11 00 00 02", reason="vaccin")
    await ask(clinic, name="second", phone="06 11 00 00 03", reason="gale")
    await ask(clinic, name="urgent", phone="06 11 00 00 04", reason="il saigne", urgent=True)
    assert await order(clinic) == ["urgent", "first", "second", "vague"]
    await move_clock(clinic, "2031-03-04T08:10:00+01:00")
    (vague,) = [
        each
        for each in (await clinic.http.get(f"{clinic.path}/desk/call-backs")).json()["items"]
        if each["name"] == "vague"
    ]
    path, version = f"{clinic.path}/desk/call-backs/{vague['id']}", vague["version"]
    stated = await clinic.http.patch(
        path, json={"reason": "ordonnance"}, headers={"If-Match": f'"{version}"'}
    )
    assert (stated.json()["stated"], stated.json()["position"]) == (True, 4)
    await ask(clinic, name="later", phone="06 11 00 00 05", reason="puces")
    assert await order(clinic) == ["urgent", "first", "second", "vague", "later"]


async def test_asking_again_over_another_channel_gains_nothing(clinic: Clinic) -> None:
    await ask(clinic, name="first", phone="06 11 00 00 02", reason="vaccin")
    mail = {"email": "elodie@example.org"}
    found = await clinic.http.get(f"{clinic.path}/owners/{clinic.owner}")
    patched = await clinic.http.patch(
        f"{clinic.path}/owners/{clinic.owner}", json=mail, headers={"If-Match": found.headers["ETag"]}
    )
    assert patched.status_code == 200
    by_phone = await ask(clinic, phone="06 12 34 56 67", reason="Il vomit depuis hier")
    assert by_phone["name"] == "Élodie Plutôt"
    by_mail = await ask(clinic, over="email", email="elodie@example.org", reason="vomit depuis hier soir")
    assert (by_mail["id"], by_mail["joined"], by_mail["position"]) == (by_phone["id"], True, 2)
    assert [each["over"] for each in by_mail["asked"]] == ["phone", "email"]
    other = await ask(clinic, over="email", email="elodie@example.org", reason="question de facture")
    assert (other["joined"], other["position"]) == (False, 3)
    told = [each["type"] for each in await clinic.house.events("agenda", clinic.id)]
    assert told[-2:] == ["agenda.call-back.repeated", "agenda.call-back.asked"]
    assert "vomit" not in str(await clinic.house.events("agenda", clinic.id))


async def test_two_agents_who_take_the_same_call_make_one_item(clinic: Clinic) -> None:
    asked = [ask(clinic, phone="06 11 00 00 01", reason="fièvre", name="A") for _ in range(6)]
    items = await asyncio.gather(*asked)
    assert len({each["id"] for each in items}) == 1
    assert sorted(each["joined"] for each in items) == [False] + [True] * 5


async def test_who_asks_while_an_agent_closes_is_not_lost(clinic: Clinic) -> None:
    """The agent's transaction is held open until the request has to wait for it."""
    item = await ask(clinic, phone="06 11 00 00 01", reason="fièvre", name="A")
    async with clinic.house.services["agenda"].db.writing([clinic.id]) as agent:
        closing = text("UPDATE desk_call_back SET closed_at = now(), outcome = 'done' WHERE id = :id")
        await agent.execute(closing, {"id": item["id"]})
        asking = asyncio.create_task(ask(clinic, phone="06 11 00 00 01", reason="fièvre", name="A"))
        await eventually(lambda: _waits_for_a_lock(clinic))
    again = await asking
    assert again["id"] != item["id"]
    assert await order(clinic) == ["A"]


async def _waits_for_a_lock(clinic: Clinic) -> bool:
    here = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    waiting = text(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN ({here})")
    async with clinic.house.services["agenda"].db.jobs_reading() as session:
        return bool(await session.scalar(waiting))


async def test_a_number_that_a_family_shares_is_told_apart_by_the_address(clinic: Clinic) -> None:
    shared = "06 77 88 99 00"
    for name, email in (("Anna", "anna@example.org"), ("Ben", "ben@example.org")):
        await clinic.make("owners", family_name=name, phone=shared, email=email)
    unknown = await ask(clinic, phone=shared, reason="vaccin")
    assert unknown["owner_id"] is None
    ben = await ask(clinic, phone=shared, email="Ben@example.org", reason="facture")
    assert ben["name"] == "Ben"


@pytest.mark.parametrize(
    ("body", "at"),
    [({"reason": "x"}, ""), ({"phone": "12345", "reason": "x"}, "/phone"), ({"email": "x"}, "/email")],
)
async def test_who_cannot_be_called_is_refused_by_name(clinic: Clinic, body: dict[str, str], at: str) -> None:
    answer = await clinic.http.post(f"{clinic.path}/desk/call-backs", json=body)
    assert pointers(answer) == [at]
    if not at:
        assert "`phone`" in answer.json()["errors"][0]["detail"]


async def test_free_times_are_the_afternoons_that_the_agenda_leaves(clinic: Clinic) -> None:
    assert (await clinic.http.get(f"{clinic.path}/desk/call-back-times")).json() == []
    await callable_at(clinic, minutes=30)
    taken = await clinic.book("2031-03-04T14:00:00+01:00", end="2031-03-04T15:10:00+01:00")
    assert taken.status_code == 201
    params = {"to": "2031-03-05T00:00:00+01:00"}
    times = (await clinic.http.get(f"{clinic.path}/desk/call-back-times", params=params)).json()
    assert [each["start"] for each in times] == [
        f"2031-03-04T{each}:00Z" for each in ("14:30", "15:00", "15:30", "16:00", "16:30")
    ]


async def test_an_agreed_call_lies_in_the_agenda(clinic: Clinic) -> None:
    await callable_at(clinic)
    item = await ask(clinic, phone="06 11 00 00 01", reason="résultats", name="A")
    agreed = await said(clinic, item, "agree", start="2031-03-04T14:30:00+01:00")
    assert (agreed["status"], agreed["position"]) == ("agreed", None)
    booked = (
        await clinic.http.get(f"{clinic.path}/appointments/{agreed['agreed']['appointment_id']}")
    ).json()
    assert (booked["title"], booked["source"]) == ("Rappel téléphonique", "call-centre")
    assert (booked["owner_id"], booked["phone"]) == (None, "06 11 00 00 01")
    assert booked["end"] == "2031-03-04T13:45:00Z"
    other = await ask(clinic, phone="06 11 00 00 02", reason="x", name="B")
    refused = await say(clinic, other, "agree", start="2031-03-04T14:30:00+01:00")
    assert (refused.status_code, refused.json()["code"]) == (409, "time-taken")
    assert refused.json()["times"][0]["start"] == "2031-03-04T13:00:00Z"
    assert await order(clinic) == ["B", "A"]
    await move_clock(clinic, "2031-03-04T14:30:00+01:00")
    assert await order(clinic) == ["A", "B"]


@pytest.mark.parametrize(
    ("start", "rule"),
    [
        ("2031-03-04T10:00:00+01:00", "hours"),
        ("2031-03-04T17:50:00+01:00", "hours"),
        ("2031-03-08T15:00:00+01:00", "hours"),
        ("2031-03-03T15:00:00+01:00", "past"),
    ],
)
async def test_a_time_that_is_not_agreed_is_refused_by_its_rule(
    clinic: Clinic, start: str, rule: str
) -> None:
    await callable_at(clinic)
    item = await ask(clinic, phone="06 11 00 00 01", reason="résultats")
    refused = await say(clinic, item, "agree", start=start)
    assert refused.status_code == 409
    assert (refused.json()["code"], refused.json()["rule"]) == ("outside-call-back-hours", rule)
    assert len(refused.json()["times"]) == 3


async def test_without_a_calendar_none_is_agreed(clinic: Clinic) -> None:
    item = await ask(clinic, phone="06 11 00 00 01", reason="résultats")
    refused = await say(clinic, item, "agree", start="2031-03-04T14:30:00+01:00")
    assert refused.json()["rule"] == "no-calendar"


async def test_a_calendar_that_was_deleted_takes_no_calls(clinic: Clinic) -> None:
    gone = (await clinic.make("calendars", name="Remplaçante", kind="practitioner"))["id"]
    await callable_at(clinic, calendar_ids=[gone, clinic.vets[0]])
    deleted = await clinic.http.delete(f"{clinic.path}/calendars/{gone}", headers={"If-Match": "*"})
    assert deleted.status_code == 204
    item = await ask(clinic, phone="06 11 00 00 01", reason="résultats")
    agreed = await said(clinic, item, "agree", start="2031-03-04T14:00:00+01:00")
    assert agreed["agreed"]["calendar_ids"] == [clinic.vets[0]]


@pytest.mark.parametrize("name", ["Chloé\nNoël", "Chloé \u202eleoN"])
async def test_a_name_is_one_line(clinic: Clinic, name: str) -> None:
    asked = {"phone": "06 11 00 00 01", "name": name}
    assert pointers(await clinic.http.post(f"{clinic.path}/desk/call-backs", json=asked)) == ["/name"]
    message = {"subject": "x", "contact": {"name": name}}
    assert pointers(await clinic.http.post(f"{clinic.path}/desk/messages", json=message)) == ["/contact/name"]


async def test_who_is_not_there_is_called_at_the_next_free_time(clinic: Clinic) -> None:
    await callable_at(clinic)
    item = await ask(clinic, phone="06 11 00 00 01", reason="résultats")
    item = await said(clinic, item, "agree", start="2031-03-04T17:30:00+01:00")
    early = await say(clinic, item, "absent")
    assert (early.status_code, early.json()["code"]) == (409, "too-early")
    await clinic.book("2031-03-04T17:45:00+01:00")
    await move_clock(clinic, "2031-03-04T17:31:00+01:00")
    moved = await said(clinic, item, "absent")
    assert (moved["status"], moved["missed"]) == ("agreed", 1)
    assert moved["agreed"]["start"] == "2031-03-05T13:00:00Z"
    assert moved["agreed"]["appointment_id"] == item["agreed"]["appointment_id"]
    told = (await clinic.house.events("agenda", clinic.id))[-1]
    assert told["type"] == "agenda.call-back.missed"
    assert told["data"]["before"]["agreed"] != told["data"]["after"]["agreed"]


async def test_who_waits_and_is_not_there_goes_behind_the_others(clinic: Clinic) -> None:
    first = await ask(clinic, name="first", phone="06 11 00 00 01", reason="x")
    await ask(clinic, name="second", phone="06 11 00 00 02", reason="y")
    await ask(clinic, name="vague", phone="06 11 00 00 03")
    await move_clock(clinic, "2031-03-04T08:30:00+01:00")
    assert (await said(clinic, first, "absent"))["position"] == 2
    assert await order(clinic) == ["second", "first", "vague"]


async def test_a_call_is_extended_when_the_agenda_allows(clinic: Clinic) -> None:
    await callable_at(clinic)
    item = await ask(clinic, phone="06 11 00 00 01", reason="résultats")
    nothing = await say(clinic, item, "extend", minutes=15)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-agreed")
    await said(clinic, item, "agree", start="2031-03-04T14:00:00+01:00")
    longer = await said(clinic, item, "extend", minutes=15)
    assert longer["agreed"]["end"] == "2031-03-04T13:30:00Z"
    await clinic.book("2031-03-04T14:30:00+01:00")
    refused = await say(clinic, item, "extend", minutes=15)
    assert (refused.status_code, refused.json()["code"]) == (409, "time-taken")
    assert refused.json()["times"][0]["start"] == "2031-03-04T14:00:00Z"


async def test_what_the_practice_cancels_waits_again(clinic: Clinic) -> None:
    """The agenda is the only authority on time: nothing is copied that could differ."""
    await callable_at(clinic)
    item = await ask(clinic, name="A", phone="06 11 00 00 01", reason="résultats")
    agreed = await said(clinic, item, "agree", start="2031-03-04T14:00:00+01:00")
    path = f"{clinic.path}/appointments/{agreed['agreed']['appointment_id']}"
    moved = await clinic.http.post(f"{path}/reschedule", json={"start": "2031-03-04T15:00:00+01:00"})
    assert moved.status_code == 200
    read = (await clinic.http.get(f"{clinic.path}/desk/call-backs/{item['id']}")).json()
    assert read["agreed"]["start"] == "2031-03-04T14:00:00Z"
    assert (await clinic.http.post(f"{path}/cancel", json={})).status_code == 200
    read = (await clinic.http.get(f"{clinic.path}/desk/call-backs/{item['id']}")).json()
    assert (read["status"], read["position"], read["agreed"]) == ("waiting", 1, None)
    again = await said(clinic, item, "agree", start="2031-03-04T14:00:00+01:00")
    assert again["agreed"]["appointment_id"] != agreed["agreed"]["appointment_id"]


@pytest.mark.parametrize(
    ("now", "how", "status"),
    [
        (NOON, "done", "cancelled"),
        ("2031-03-04T14:05:00+01:00", "done", "completed"),
        ("2031-03-04T14:05:00+01:00", "withdraw", "cancelled"),
    ],
)
async def test_what_is_over_frees_its_time(clinic: Clinic, now: str, how: str, status: str) -> None:
    await callable_at(clinic)
    item = await ask(clinic, phone="06 11 00 00 01", reason="résultats")
    agreed = await said(clinic, item, "agree", start="2031-03-04T14:00:00+01:00")
    await move_clock(clinic, now)
    ended = await said(clinic, item, how)
    assert ended["status"] == {"done": "done", "withdraw": "withdrawn"}[how]
    assert ended["position"] is None
    assert (await said(clinic, item, how))["version"] == ended["version"]
    booked = await clinic.http.get(f"{clinic.path}/appointments/{agreed['agreed']['appointment_id']}")
    assert booked.json()["status"] == status
    late = await say(clinic, item, "agree", start="2031-03-05T14:00:00+01:00")
    assert (late.status_code, late.json()["code"]) == (409, "call-back-closed")
    closed = await clinic.http.get(f"{clinic.path}/desk/call-backs", params={"status": "closed"})
    assert [each["id"] for each in closed.json()["items"]] == [item["id"]]
    anew = await ask(clinic, phone="06 11 00 00 01", reason="résultats")
    assert anew["id"] != item["id"]
