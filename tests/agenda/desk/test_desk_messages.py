"""Messages to a practice: what is shown, what is marked, who is told (DESK-5, DESK-6)."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from agenda.conftest import Clinic
from agenda.desk.conftest import choose, chosen, people, pointers, together
from harness import House


async def post(clinic: Clinic, **body: Any) -> dict[str, Any]:
    return await clinic.make("desk/messages", **{"subject": "Ordonnance", **body})


async def marked(clinic: Clinic, message: dict[str, Any], how: str) -> dict[str, Any]:
    answer = await clinic.http.post(f"{clinic.path}/desk/messages/{message['id']}/{how}")
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def subjects(client: httpx.AsyncClient, clinic: Clinic, **params: str) -> list[str]:
    answer = await client.get(f"{clinic.path}/desk/messages", params=params)
    assert answer.status_code == 200, answer.text
    return [each["subject"] for each in answer.json()["items"]]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"kind": "dated_task"}, "due_at"),
        ({"kind": "call_back"}, "phone"),
        ({"kind": "call_back", "contact": {"name": "Chloé"}}, "phone"),
    ],
)
async def test_a_kind_needs_what_it_says(clinic: Clinic, body: dict[str, Any], named: str) -> None:
    answer = await clinic.http.post(f"{clinic.path}/desk/messages", json={"subject": "x", **body})
    assert answer.status_code == 422
    assert named in answer.json()["errors"][0]["detail"]


async def _four(clinic: Clinic) -> None:
    await post(clinic, subject="note read")
    await post(clinic, subject="note")
    await post(clinic, subject="task", kind="task")
    done = await post(clinic, subject="task done", kind="dated_task", due_at="2031-03-05T08:00:00Z")
    await marked(clinic, done, "done")
    for each in (await clinic.http.get(f"{clinic.path}/desk/messages")).json()["items"]:
        if each["subject"] == "note read":
            await marked(clinic, each, "read")


@pytest.mark.parametrize(
    ("chosen_filter", "shown"),
    [
        ("all", ["task done", "task", "note", "note read"]),
        ("read", ["task done", "note read"]),
        ("unread", ["task", "note"]),
        ("tasks_to_do", ["task"]),
        ("tasks_done", ["task done"]),
    ],
)
async def test_filters(clinic: Clinic, chosen_filter: str, shown: list[str]) -> None:
    await _four(clinic)
    assert await subjects(clinic.http, clinic, filter=chosen_filter) == shown
    await chosen(clinic, messages={"filter": chosen_filter})
    assert await subjects(people(clinic), clinic) == shown


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ({"hide_done": True}, ["task", "note", "note read"]),
        ({"hide_read": True}, ["task", "note"]),
        ({"hide_done": True, "hide_read": True}, ["task", "note"]),
    ],
)
async def test_hiding_switches_the_filter_off_for_the_practice(
    clinic: Clinic, hidden: dict[str, bool], shown: list[str]
) -> None:
    await _four(clinic)
    await chosen(clinic, messages={"filter": "tasks_done", **hidden})
    answer = (await people(clinic).get(f"{clinic.path}/desk/messages", params={"filter": "read"})).json()
    assert answer["filter"] == "all"
    assert [each["subject"] for each in answer["items"]] == shown
    assert await subjects(clinic.http, clinic, filter="tasks_done") == ["task done"]


async def test_marks_are_told_once(clinic: Clinic) -> None:
    message = await post(clinic, kind="task")
    for how in ("read", "read", "done", "done", "undone", "unread"):
        last = await marked(clinic, message, how)
    assert (last["read_at"], last["done_at"]) == (None, None)
    told = [each["type"] for each in await clinic.house.events("agenda", clinic.id)]
    assert [each for each in told if each.startswith("agenda.message.")] == [
        f"agenda.message.{each}" for each in ("posted", "read", "done", "undone", "unread")
    ]


async def test_pages_go_from_the_newest_to_the_oldest(clinic: Clinic) -> None:
    for number in range(5):
        await post(clinic, subject=f"{number}")
    seen, cursor = [], None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await clinic.http.get(f"{clinic.path}/desk/messages", params=params)).json()
        seen += [each["subject"] for each in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]


async def test_the_practice_is_told_as_it_has_ticked(clinic: Clinic) -> None:
    mobile = {"notify": ["sms"], "mobile": "06 11 22 33 44"}
    await chosen(clinic, messages=mobile)
    assert (await post(clinic))["notify"] == ["sms"]
    assert (await post(clinic, notify=[]))["notify"] == []
    refused = await clinic.http.post(
        f"{clinic.path}/desk/messages", json={"subject": "x", "notify": ["sms", "fax", "email"]}
    )
    assert pointers(refused) == ["/notify/1", "/notify/2"]
    assert "fax" in refused.json()["errors"][0]["detail"]
    told = (await clinic.house.events("agenda", clinic.id))[-1]
    assert told["type"] == "agenda.message.posted"
    assert "Ordonnance" not in str(told)


async def test_a_deleted_message_leaves_no_word(clinic: Clinic) -> None:
    message = await post(clinic, text="Secret", contact={"name": "Chloé", "phone": "06 12 00 00 00"})
    path = f"{clinic.path}/desk/messages/{message['id']}"
    assert (await clinic.http.delete(path, headers={"If-Match": '"1"'})).status_code == 204
    assert (await clinic.http.get(path)).status_code == 404
    assert await subjects(clinic.http, clinic) == []


async def _sharing(house: House, clinic: Clinic, colleague: Clinic) -> None:
    await together(house, clinic.id, colleague.id)
    await chosen(clinic, share_messages_with=[str(colleague.id)])


async def test_shared_messages_have_one_state(house: House, clinic: Clinic, colleague: Clinic) -> None:
    shared = await post(clinic, subject="shared", kind="task")
    await post(clinic, subject="private", private=True)
    assert await subjects(colleague.http, colleague) == []
    await _sharing(house, clinic, colleague)
    (seen,) = (await colleague.http.get(f"{colleague.path}/desk/messages")).json()["items"]
    assert (seen["subject"], seen["practice_id"]) == ("shared", str(clinic.id))
    await marked(colleague, shared, "done")
    own = (await clinic.http.get(f"{clinic.path}/desk/messages/{shared['id']}")).json()
    assert own["done_at"] is not None
    assert own["read_at"] is not None
    assert await subjects(clinic.http, clinic) == ["private", "shared"]
    told = (await house.events("agenda", clinic.id))[-1]
    assert (told["type"], told["subject"]) == ("agenda.message.done", shared["id"])


async def test_what_is_shared_is_not_deleted_by_others_nor_private_found(
    house: House, clinic: Clinic, colleague: Clinic
) -> None:
    shared, private = await post(clinic), await post(clinic, private=True)
    await _sharing(house, clinic, colleague)
    at = f"{colleague.path}/desk/messages"
    assert (
        await colleague.http.delete(f"{at}/{shared['id']}", headers={"If-Match": '"1"'})
    ).status_code == 404
    for call in (
        colleague.http.get(f"{at}/{private['id']}"),
        colleague.http.post(f"{at}/{private['id']}/read"),
        colleague.http.post(f"{at}/{uuid4()}/read"),
    ):
        assert (await call).status_code == 404
    assert (await clinic.http.get(f"{clinic.path}/desk/messages/{private['id']}")).json()["read_at"] is None


async def test_sharing_goes_one_way_and_ends(house: House, clinic: Clinic, colleague: Clinic) -> None:
    await _sharing(house, clinic, colleague)
    await post(colleague, subject="colleague's")
    assert await subjects(clinic.http, clinic) == []
    shared = await post(clinic, subject="shared")
    assert (await choose(clinic)).status_code == 200
    assert await subjects(colleague.http, colleague) == ["colleague's"]
    gone = await colleague.http.get(f"{colleague.path}/desk/messages/{shared['id']}")
    assert gone.status_code == 404


async def test_a_call_back_message_puts_its_contact_into_the_queue(clinic: Clinic) -> None:
    contact = {"name": "Chloé Noël", "phone": "06 55 44 33 22"}
    message = await post(clinic, kind="call_back", text="Milou boite", contact=contact)
    (waiting,) = (await clinic.http.get(f"{clinic.path}/desk/call-backs")).json()["items"]
    assert waiting["id"] == message["call_back_id"]
    assert (waiting["reason"], waiting["position"]) == ("Milou boite", 1)
    again = await post(clinic, kind="call_back", text="Milou boite toujours", contact=contact)
    assert again["call_back_id"] == message["call_back_id"]
    done = await clinic.http.post(f"{clinic.path}/desk/call-backs/{waiting['id']}/done")
    assert done.status_code == 200, done.text
    for each in (message, again):
        read = (await clinic.http.get(f"{clinic.path}/desk/messages/{each['id']}")).json()
        assert read["done_at"] is not None


async def test_what_reminders_ask_and_order(house: House, clinic: Clinic) -> None:
    await chosen(
        clinic,
        messages={
            "email": "desk@clinic.example",
            "email_subject": "[contact] : [sujet]",
            "email_footer": "Bye",
        },
    )
    message = await post(clinic, owner_id=clinic.owner, text="Gouttes", notify=["email"])
    path = f"/internal/practices/{clinic.id}/desk/messages"
    async with house.internal("agenda", UUID(str(clinic.id)), caller="reminders") as reminders:
        facts = (await reminders.post(f"{path}/facts", json={"message_ids": [message["id"]]})).json()
        (item,) = facts["items"]
        assert item["email_subject"] == "Élodie Plutôt : Ordonnance"
        assert (item["email"], item["fax"], item["email_footer"]) == ("desk@clinic.example", None, "Bye")
        order = {"kind": "note", "subject": "Rendez-vous ajouté", "text": "Mardi"}
        made = uuid4()
        for _ in range(2):
            put = await reminders.put(f"{path}/{made}", json=order)
            assert put.status_code == 200, put.text
    assert await subjects(clinic.http, clinic) == ["Rendez-vous ajouté", "Ordonnance"]
