"""What an owner answers: from the sandbox, from a carrier that calls back, and played in a test practice."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sms.conftest import NewDesk
from sms.desk import MOBILE, NOON, Desk
from sqlalchemy import func, select, update
from sqlmodel import col

from vetagenda_contracts.sandbox import Phone
from vetagenda_kit.clock import system_now
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.replies.jobs import Listener
from vetagenda_sms.replies.tables import Reply
from vetagenda_sms.retention import jobs as retention
from vetagenda_sms.tables import Message

SECRET = "only-the-carrier-knows"


async def replies(desk: Desk, message_id: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.message(message_id))["replies"]
    return found


async def told(desk: Desk) -> list[tuple[str, str]]:
    """Message and meaning of each answer that was told to others."""
    events = await desk.house.events("sms", desk.practice_id)
    said = [event["data"] for event in events if event["type"] == "sms.reply.received"]
    return [(data["message_id"], data["meaning"]) for data in said]


async def play(desk: Desk, text: str, sender: str = MOBILE) -> httpx.Response:
    async with desk.house.client("sms", desk.practice_id, test=True) as client:
        path = f"/v1/practices/{desk.practice_id}/test/sms/replies"
        return await client.post(path, json={"from": sender, "text": text})


async def call_back(desk: Desk, secret: str | None, provider: str = "sandbox", **body: str) -> int:
    """As a carrier does: without a key."""
    transport = desk.house.transports["sms"]
    told = {"id": "mo-1", "from": "33612345678", "text": "OUI"} | body
    async with httpx.AsyncClient(base_url="http://platform", transport=transport) as carrier:
        params = {} if secret is None else {"secret": secret}
        answer = await carrier.post(f"/v1/sms/replies/{provider}", params=params, json=told)
        return answer.status_code


@pytest.mark.parametrize(
    ("number", "text", "meaning"),
    [
        (Phone.SAYS_YES, "OUI", "yes"),
        (Phone.SAYS_STOP, "STOP", "stop"),
        (Phone.SAYS_NO, "Non, je dois annuler", "other"),
    ],
)
async def test_the_sandbox_answers(desk: Desk, number: str, text: str, meaning: str) -> None:
    """SMS-6, REM-17: once, with the message that was answered."""
    message_id = await desk.order(to=number)
    ran = await desk.move_clock("2026-03-17T12:10:00+01:00")
    assert f"sms {message_id} answered: {meaning}" in ran
    await desk.move_clock("2026-03-17T12:20:00+01:00")
    (reply,) = await replies(desk, message_id)
    assert (reply["text"], reply["meaning"], reply["message_id"]) == (text, meaning, str(message_id))
    assert await told(desk) == [(str(message_id), meaning)]


async def test_the_event_has_neither_number_nor_words(desk: Desk) -> None:
    """SMS-6: ids and times only."""
    message_id = await desk.order(to=Phone.SAYS_NO)
    await desk.move_clock("2026-03-17T12:10:00+01:00")
    (event,) = [
        each
        for each in await desk.house.events("sms", desk.practice_id)
        if each["type"] == "sms.reply.received"
    ]
    assert event["subject"] == str(message_id)
    assert "annuler" not in str(event)
    assert Phone.SAYS_NO not in str(event)


async def test_a_live_practices_sandbox_answers_too(new_desk: NewDesk) -> None:
    """SMS-6: without a clock that somebody moves."""
    desk = await new_desk()
    message_id = await desk.order(to=Phone.SAYS_YES, **{"class": "urgent"})
    await desk.run()
    await Listener(Sandbox).hear(desk.service)
    assert [reply["text"] for reply in await replies(desk, message_id)] == ["OUI"]


async def test_an_integrator_plays_the_owner(desk: Desk) -> None:
    """REM-17: the number as it is dialled; the answer belongs to the newest message that went there."""
    older = await desk.order(text="un")
    await desk.move_clock("2026-03-17T12:10:00+01:00")
    newer = await desk.order(text="deux")
    waiting = await desk.order(text="trois", **{"class": "recall"})
    await desk.move_clock("2026-03-17T12:20:00+01:00")
    answer = await play(desk, "Bonjour, à quelle heure ?", "06 12 34 56 78")
    assert answer.status_code == 201, answer.text
    assert answer.json()["message_id"] in (str(newer), str(waiting))
    assert await replies(desk, older) == []
    assert answer.json()["meaning"] == "other"
    assert answer.json()["received_at"] == "2026-03-17T11:20:00Z"


async def test_what_has_not_left_cannot_be_answered(desk: Desk) -> None:
    """REM-17: at night it waits until eight."""
    await desk.move_clock("2026-03-17T21:00:00+01:00")
    await desk.order()
    assert (await play(desk, "OUI")).status_code == 404


@pytest.mark.parametrize(("days", "status"), [(13, 201), (15, 404)])
async def test_an_answer_belongs_to_what_was_written_lately(desk: Desk, days: int, status: int) -> None:
    """REM-17: within fourteen days of the practice."""
    await desk.order()
    await desk.move_clock("2026-03-17T12:10:00+01:00")
    await desk.move_clock(f"2026-03-{17 + days:02}T12:00:00+01:00" if days < 15 else "2026-04-01T12:00:00Z")
    assert (await play(desk, "OUI")).status_code == status


async def test_a_live_practices_owner_cannot_be_played(new_desk: NewDesk) -> None:
    """PLAT-5."""
    desk = await new_desk()
    answer = await play(desk, "OUI")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-a-test-practice")


async def test_another_practices_message_is_not_answered(new_desk: NewDesk) -> None:
    """PART-6: though it is the same number, and the newest message is theirs."""
    ours, theirs = await new_desk(now=NOON), await new_desk(now=NOON)
    for desk in (ours, theirs):
        await desk.order()
        await desk.move_clock("2026-03-17T12:10:00+01:00")
    assert (await play(ours, "OUI")).status_code == 201
    assert await told(theirs) == []


@pytest.mark.parametrize("body", [{"from": "nobody", "text": "OUI"}, {"from": MOBILE}, {"text": "OUI"}])
async def test_what_cannot_be_played(desk: Desk, body: dict[str, str]) -> None:
    async with desk.house.client("sms", desk.practice_id, test=True) as client:
        answer = await client.post(f"/v1/practices/{desk.practice_id}/test/sms/replies", json=body)
    assert answer.status_code == 422


async def test_a_carrier_calls_back(new_desk: NewDesk, secret: None) -> None:
    """SMS-6: once for each id of the carrier's, however often it is told."""
    desk = await new_desk()
    message_id = await desk.order(to="+33612999001", **{"class": "urgent"})
    await desk.run()
    sender = {"from": "33612999001"}
    for told_again in (False, True):
        assert await call_back(desk, SECRET, **sender) == 204, told_again
    assert await call_back(desk, SECRET, **sender, id="mo-2", text="Merci") == 204
    assert [(each["text"], each["meaning"]) for each in await replies(desk, message_id)] == [
        ("OUI", "yes"),
        ("Merci", "other"),
    ]
    assert len(await told(desk)) == 2


@pytest.mark.parametrize("said", [None, "", "wrong", SECRET[:-1], SECRET + "x", "é"])
async def test_who_does_not_know_the_address_finds_nothing(
    desk: Desk, secret: None, said: str | None
) -> None:
    """SMS-6."""
    assert await call_back(desk, said) == 404


async def test_another_carriers_address_is_not_there(desk: Desk, secret: None) -> None:
    """SMS-6."""
    assert await call_back(desk, SECRET, provider="kannel") == 404


async def test_without_a_secret_nobody_calls_back(desk: Desk) -> None:
    """SMS-6: not even with an empty one."""
    assert await call_back(desk, "") == 404
    assert await call_back(desk, SECRET) == 404


@pytest.mark.parametrize("sender", ["36111", "VETO", "33612999777"])
async def test_an_answer_to_nothing_is_dropped(desk: Desk, secret: None, sender: str) -> None:
    """SMS-6: the carrier is told that it need not repeat it."""
    assert await call_back(desk, SECRET, **{"from": sender, "id": sender}) == 204
    async with desk.service.db.jobs_reading() as session:
        found = select(func.count()).where(col(Reply.carrier_reference) == sender)
        assert await session.scalar(found) == 0


async def test_a_test_practices_message_is_not_a_carriers(desk: Desk, secret: None) -> None:
    """SMS-6: its clock is not the carrier's."""
    message_id = await desk.order(to="+33612999002")
    await desk.move_clock("2026-03-17T12:10:00+01:00")
    assert await call_back(desk, SECRET, **{"from": "33612999002", "id": "mo-9"}) == 204
    assert await replies(desk, message_id) == []


async def test_the_words_are_forgotten(desk: Desk) -> None:
    """SMS-6: what was meant stays."""
    message_id = await desk.order(to=Phone.SAYS_NO)
    await desk.move_clock("2026-03-17T12:10:00+01:00")
    await retention.forget(desk.service)
    assert [reply["text"] for reply in await replies(desk, message_id)] == ["Non, je dois annuler"]
    await _let_pass(desk, timedelta(days=31))
    await retention.forget(desk.service)
    assert [(each["text"], each["meaning"]) for each in await replies(desk, message_id)] == [(None, "other")]


async def _let_pass(desk: Desk, time: timedelta) -> None:
    async with desk.service.db.jobs_writing() as session:
        await session.execute(update(Reply).values(recorded_at=system_now() - time))


async def test_the_messages_version_tells_of_the_answer(desk: Desk) -> None:
    """REM-17: whoever has an older copy reads it anew."""
    message_id = await desk.order()
    await desk.move_clock("2026-03-17T12:10:00+01:00")
    before = (await desk.message(message_id))["version"]
    assert (await play(desk, "OUI")).status_code == 201
    async with desk.service.db.jobs_reading() as session:
        assert (await session.get_one(Message, message_id)).version == before + 1


@pytest.fixture
def secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    service = desk.service
    changed = service.settings.model_copy(update={"sms_callback_secret": SECRET})
    monkeypatch.setitem(service.__dict__, "settings", changed)
