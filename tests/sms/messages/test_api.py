"""The routes of messages: what they take, what they refuse, and who sees what."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from harness import House
from sms.conftest import NewDesk
from sms.desk import MOBILE, NOON, Desk

from vetagenda_kit.ids import uuid7


def messages(practice_id: UUID) -> str:
    return f"/v1/practices/{practice_id}/sms/messages"


async def post(desk: Desk, body: Any, **headers: str) -> httpx.Response:
    async with desk.house.client("sms", desk.practice_id) as client:
        return await client.post(messages(desk.practice_id), json=body, headers=headers)


async def test_a_key_sends_a_message_to_a_number_as_it_is_dialled(desk: Desk) -> None:
    answer = await post(desk, {"to": "06 12 34 56 78", "text": "Bonjour"})
    assert answer.status_code == 201
    assert answer.json()["to"] == MOBILE
    assert answer.headers["location"] == f"{messages(desk.practice_id)}/{answer.json()['id']}"
    assert answer.headers["etag"] == '"1"'


async def test_the_same_idempotency_key_sends_one_message(desk: Desk) -> None:
    body = {"to": MOBILE, "text": "Bonjour"}
    first, second = [await post(desk, body, **{"Idempotency-Key": "once-please"}) for _ in range(2)]
    assert (second.status_code, second.json()) == (201, first.json())
    async with desk.house.client("sms", desk.practice_id) as client:
        assert len((await client.get(messages(desk.practice_id))).json()["items"]) == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"to": "01 42 68 53 00"}, "/to"),
        ({"to": "06 12 34 56 78 poste 12"}, "/to"),
        ({"to": ""}, "/to"),
        ({"text": ""}, "/text"),
        ({"text": "   "}, "/text"),
        ({"text": "\u00a0\n\t"}, "/text"),
        ({"text": "a\x00b"}, "/text"),
        ({"text": "a" * 39_016}, "/text"),
        ({"text": "ê" * 17_200}, "/text"),
        ({"class": "newsletter"}, "/class"),
        ({"expires_at": "2026-03-18T08:00:00"}, "/expires_at"),
        ({"sender": "VETO"}, "/sender"),
    ],
)
async def test_what_is_wrong_is_named(desk: Desk, change: dict[str, Any], pointer: str) -> None:
    answer = await post(desk, {"to": MOBILE, "text": "Bonjour"} | change)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_another_service_orders_no_blank_message_either(desk: Desk) -> None:
    async with desk.house.internal("sms", desk.practice_id, caller="reminders") as reminders:
        path = f"/internal/practices/{desk.practice_id}/messages/{uuid7()}"
        answer = await reminders.put(path, json={"to": MOBILE, "text": " \n "})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/text")


async def test_half_a_surrogate_pair_is_refused_not_a_crash(desk: Desk) -> None:
    async with desk.house.client("sms", desk.practice_id) as client:
        body = rb'{"to": "+33612345678", "text": "a\ud83d"}'
        answer = await client.post(
            messages(desk.practice_id), content=body, headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid-request"


async def test_an_order_is_idempotent_by_its_id(desk: Desk) -> None:
    message_id, body = uuid7(), {"to": MOBILE, "text": "Bonjour e\u0301te\u0301"}
    answers = await asyncio.gather(*(desk.put(message_id, body) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    await desk.run()
    again = await desk.put(message_id, body)
    assert again.json()["status"] == "delivered"
    assert await desk.submissions(message_id) == 1


async def test_another_message_under_the_same_id_is_refused(desk: Desk) -> None:
    message_id = await desk.order(text="Bonjour")
    answer = await desk.put(message_id, {"to": MOBILE, "text": "Bonsoir"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_lists_go_newest_first_page_by_page_and_by_status(desk: Desk) -> None:
    ordered = [str(await desk.order(text=f"n° {number}")) for number in range(5)]
    await desk.run()
    planned = str(await desk.order(to="+33600000004"))
    seen: list[str] = []
    async with desk.house.client("sms", desk.practice_id) as client:
        params: dict[str, Any] = {"limit": 2}
        while True:
            page = (await client.get(messages(desk.practice_id), params=params)).json()
            seen += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]
        assert seen == [planned, *reversed(ordered)]
        only = (await client.get(messages(desk.practice_id), params={"status": "planned"})).json()
        assert [item["id"] for item in only["items"]] == [planned]
        bad = await client.get(messages(desk.practice_id), params={"cursor": "WzFd"})
        assert bad.status_code == 422


async def test_another_practice_sees_nothing_and_cannot_take_an_id(
    house: House, desk: Desk, new_desk: NewDesk
) -> None:
    message_id = await desk.order()
    other = await new_desk(now=NOON)
    async with house.client("sms", other.practice_id) as client:
        assert (await client.get(f"{messages(other.practice_id)}/{message_id}")).status_code == 404
        assert (await client.get(f"{messages(desk.practice_id)}/{message_id}")).status_code == 404
        assert (await client.get(messages(other.practice_id))).json()["items"] == []
    taken = await other.put(message_id, {"to": MOBILE, "text": "Bonjour"})
    assert taken.status_code == 409
    assert await desk.status(message_id) == "planned"


async def test_scopes_and_services_are_kept_apart(house: House, desk: Desk) -> None:
    body = {"to": MOBILE, "text": "Bonjour"}
    async with house.client("sms", desk.practice_id, scopes=["sms:read"]) as client:
        assert (await client.post(messages(desk.practice_id), json=body)).status_code == 403
    async with house.client("sms", desk.practice_id) as client:
        path = f"/internal/practices/{desk.practice_id}/messages/{uuid7()}"
        assert (await client.put(path, json=body)).status_code == 404


async def test_many_orders_are_answered_each_for_itself(desk: Desk) -> None:
    """REM-1: one bad order spoils no other, and the same orders again change nothing."""
    good, same, blank, landline, late = (uuid7() for _ in range(5))
    assert (await desk.put(same, {"to": MOBILE, "text": "Bonjour"})).status_code == 200
    yesterday = "2026-03-16T12:00:00+01:00"
    orders = {
        good: {"to": MOBILE, "text": "Bonjour"},
        same: {"to": MOBILE, "text": "Autre chose"},
        blank: {"to": MOBILE, "text": " \n "},
        landline: {"to": "+33142345678", "text": "Bonjour"},
        late: {"to": MOBILE, "text": "Bonjour", "expires_at": yesterday},
    }
    body = {"orders": [{"id": str(one), "order": order} for one, order in orders.items()]}
    async with desk.house.internal("sms", desk.practice_id, caller="reminders") as reminders:
        path = f"/internal/practices/{desk.practice_id}/messages"
        first, again = [(await reminders.post(path, json=body)).json() for _ in range(2)]
    assert first == again
    assert {UUID(item["id"]): item["status"] or item["refused"] for item in first["items"]} == {
        good: "planned",
        same: "conflict",
        blank: "invalid-request",
        landline: "invalid-request",
        late: "expired",
    }
    assert await desk.events(late) == ["sms.message.failed"]
