"""SMS-6: STOP stops what is queued, refuses what comes later, and keeps no number."""

import asyncio
from typing import Any

import httpx
import pytest
from sms.conftest import NewDesk
from sms.desk import MOBILE, NOON, Desk
from sms.replies.test_replies import SECRET, call_back, play
from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_contracts.sandbox import Phone
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.messages.jobs import Sender
from vetagenda_sms.number_key import FILE, hashed
from vetagenda_sms.opt_outs.commands import note_opt_out
from vetagenda_sms.opt_outs.tables import OptOut, Source
from vetagenda_sms.replies.jobs import Listener
from vetagenda_sms.tables import Message

OTHER = "+33612345679"
EVENING = "2026-03-17T21:00:00+01:00"


async def ask(desk: Desk, what: str, to: str = MOBILE) -> Any:
    async with desk.house.client("sms", desk.practice_id) as client:
        path = f"/v1/practices/{desk.practice_id}/sms/opt-outs{what and '/'}{what}"
        answer = await client.post(path, json={"to": to})
        assert answer.status_code == 200, answer.text
        return answer.json()


async def listed(desk: Desk) -> Any:
    async with desk.house.client("sms", desk.practice_id) as client:
        return (await client.get(f"/v1/practices/{desk.practice_id}/sms/opt-outs")).json()


async def sent(desk: Desk, **fields: Any) -> None:
    await desk.order(**({"class": "urgent"} | fields))
    await desk.run()


async def note(desk: Desk, number: str = MOBILE, source: Source = Source.CARRIER) -> bool:
    service = desk.service
    at = (await service.clock.now(desk.practice_id)) if source else None
    assert at
    async with service.db.jobs_writing() as session:
        number_hash = hashed(service, number)
        return await note_opt_out(session, desk.practice_id, number_hash, source, at, service.actor)


@pytest.mark.parametrize("word", ["STOP", "Arrêt", "stopp", "STOP au 36111"])
async def test_a_stop_stops_what_is_queued(new_desk: NewDesk, word: str) -> None:
    """SMS-6: every planned message to this number, and no other's."""
    desk = await new_desk(now=EVENING)
    await sent(desk)
    queued = [await desk.order(text=text) for text in ("un", "deux")]
    others = await desk.order(to=OTHER)
    assert (await play(desk, word)).status_code == 201
    assert [(await desk.message(each))["status"] for each in queued] == ["suppressed"] * 2
    assert {(await desk.message(each))["reason"] for each in queued} == {"opted_out"}
    assert await desk.outcomes() == ["opted_out"] * 2
    await desk.move_clock("2026-03-18T09:00:00+01:00")
    assert [await desk.submissions(each) for each in (*queued, others)] == [0, 0, 1]


@pytest.mark.parametrize("kind", ["urgent", "transactional", "recall", "marketing"])
async def test_later_orders_are_taken_and_told_as_failed(desk: Desk, kind: str) -> None:
    """SMS-6: of every class; the caller made no mistake, and another channel takes over."""
    await sent(desk)
    await play(desk, "STOP")
    message_id = await desk.order(**{"class": kind})
    message = await desk.message(message_id)
    assert (message["status"], message["reason"]) == ("suppressed", "opted_out")
    assert await desk.events(message_id) == ["sms.message.failed"]
    await desk.run()
    assert await desk.submissions(message_id) == 0
    assert (await desk.usage())["used"] == 1


async def test_another_practice_is_not_meant(new_desk: NewDesk) -> None:
    """SMS-6."""
    ours, theirs = await new_desk(now=NOON), await new_desk(now=NOON)
    await sent(ours)
    await play(ours, "STOP")
    message_id = await theirs.order()
    await theirs.run()
    assert await theirs.status(message_id) == "delivered"
    assert (await ask(theirs, "check"))["opted_out"] is False
    assert (await listed(theirs))["count"] == 0


async def test_a_stop_twice_is_one(desk: Desk) -> None:
    """SMS-6: also when a carrier tells it beside the owner."""
    await sent(desk)
    for _ in range(2):
        await play(desk, "STOP")
    assert await note(desk) is False
    assert len(await desk.told("sms.opt-out.recorded")) == 1
    assert (await listed(desk))["count"] == 1


async def test_a_start_undoes_it(desk: Desk) -> None:
    """SMS-6: and a STOP after that counts again."""
    await sent(desk)
    await play(desk, "STOP")
    await play(desk, "Reprendre")
    message_id = await desk.order()
    await desk.run()
    assert await desk.status(message_id) == "delivered"
    await play(desk, "STOP")
    assert (await ask(desk, "check"))["opted_out"] is True
    assert [each["source"] for each in await desk.told("sms.opt-out.lifted")] == ["reply"]
    assert len(await desk.told("sms.opt-out.recorded")) == 2


async def test_a_stop_counts_however_late_it_comes(desk: Desk) -> None:
    """SMS-6: other words are no answer after fourteen days, this one is."""
    await sent(desk)
    await desk.move_clock("2026-05-17T12:00:00+02:00")
    assert (await play(desk, "OUI")).status_code == 404
    assert (await play(desk, "STOP")).status_code == 201
    assert await ask(desk, "check") == {
        "opted_out": True,
        "since": "2026-05-17T10:00:00Z",
        "source": "reply",
    }


async def test_a_practice_lifts_it_for_who_asks_by_telephone(desk: Desk) -> None:
    """SMS-6: told without the number; lifting what is not there changes nothing."""
    await sent(desk)
    await play(desk, "STOP")
    assert (await ask(desk, "check", "06 12 34 56 78"))["opted_out"] is True
    for _ in range(2):
        assert await ask(desk, "lift", "06 12 34 56 78") == {
            "opted_out": False,
            "since": None,
            "source": None,
        }
    assert (await ask(desk, "check"))["opted_out"] is False
    (said,) = await desk.told("sms.opt-out.lifted")
    assert (said["source"], said["version"]) == ("practice", 2)
    message_id = await desk.order()
    await desk.run()
    assert await desk.status(message_id) == "delivered"


async def test_a_practice_notes_it_for_who_says_so_at_the_desk(new_desk: NewDesk) -> None:
    """SMS-6: stops what is planned, is told once and without the number, and keeps its first instant."""
    desk = await new_desk(now=EVENING)
    queued, others = await desk.order(), await desk.order(to=OTHER)
    said = {"opted_out": True, "since": "2026-03-17T20:00:00Z", "source": "practice"}
    assert await ask(desk, "", "06 12 34 56 78") == said
    assert [await desk.status(each) for each in (queued, others)] == ["suppressed", "planned"]
    assert await desk.outcomes() == ["opted_out"]
    await desk.move_clock("2026-03-18T09:00:00+01:00")
    assert await ask(desk, "") == said
    (event,) = await desk.told("sms.opt-out.recorded")
    assert (event["source"], event["at"]) == ("practice", said["since"])
    assert MOBILE[4:] not in str(event)
    assert (await ask(desk, "lift"))["opted_out"] is False
    assert (await ask(desk, ""))["since"] == "2026-03-18T08:00:00Z"


async def test_an_owners_own_stop_stays_theirs(desk: Desk) -> None:
    """SMS-6: who said it first is the evidence."""
    await sent(desk)
    await play(desk, "STOP")
    assert (await ask(desk, ""))["source"] == "reply"


async def test_noting_it_needs_the_scope(desk: Desk) -> None:
    """SMS-6: as lifting it does."""
    async with desk.house.client("sms", desk.practice_id, scopes=["sms:read"]) as client:
        path = f"/v1/practices/{desk.practice_id}/sms/opt-outs"
        assert (await client.post(path, json={"to": MOBILE})).status_code == 403


async def test_the_list_has_dates_and_no_number(desk: Desk) -> None:
    """SMS-6: page by page, newest first, with the count of all."""
    for number in (MOBILE, OTHER, "+33612345670"):
        await note(desk, number)
    async with desk.house.client("sms", desk.practice_id) as client:
        path = f"/v1/practices/{desk.practice_id}/sms/opt-outs"
        first = (await client.get(path, params={"limit": 2})).json()
        last = (await client.get(path, params={"limit": 2, "cursor": first["next"]})).json()
    assert ([len(page["items"]) for page in (first, last)], first["count"]) == ([2, 1], 3)
    assert set(first["items"][0]) == {"id", "scope", "source", "opted_out_at"}
    assert (first["items"][0]["scope"], first["items"][0]["source"]) == ("all", "carrier")
    assert first["items"][0]["opted_out_at"] == "2026-03-17T11:00:00Z"


async def test_neither_events_nor_rows_have_the_number(desk: Desk) -> None:
    """SMS-6: a keyed hash; the key is a file of its own that only the platform reads."""
    await sent(desk)
    await play(desk, "STOP")
    events = [each for each in await desk.house.events("sms", desk.practice_id) if "opt-out" in each["type"]]
    assert events
    assert MOBILE[4:] not in str(events)
    async with desk.service.db.jobs_reading() as session:
        wish = (
            await session.scalars(select(OptOut).where(col(OptOut.practice_id) == desk.practice_id))
        ).one()
    assert wish.number_hash == hashed(desk.service, MOBILE)
    assert wish.number_hash not in str(events)
    assert MOBILE[4:] not in str(wish)
    key = desk.service.settings.keys_file.with_name(FILE)
    assert key.stat().st_mode & 0o777 == 0o600


async def test_a_carrier_that_knows_the_number_only(
    new_desk: NewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SMS-6: its STOP counts for the practice of the newest message to that number."""
    older, newer = await new_desk(), await new_desk()
    for desk in (older, newer):
        await sent(desk, to="+33612999003")
    told = older.service.settings.model_copy(update={"sms_callback_secret": SECRET})
    monkeypatch.setitem(older.service.__dict__, "settings", told)
    stop = {"from": "33612999003", "text": "STOP", "id": "mo-stop"}
    assert await call_back(older, SECRET, **stop) == 204
    assert [(await listed(desk))["count"] for desk in (older, newer)] == [0, 1]


async def test_the_sandbox_says_stop(desk: Desk) -> None:
    """SMS-6: whoever tries it out sees what follows."""
    await sent(desk, to=Phone.SAYS_STOP)
    await Listener(Sandbox).hear(desk.service)
    assert (await ask(desk, "check", Phone.SAYS_STOP))["source"] == "reply"


@pytest.mark.parametrize("body", [{"to": "nobody"}, {"to": ""}, {}])
@pytest.mark.parametrize("what", ["", "/check", "/lift"])
async def test_what_is_wrong_is_named(desk: Desk, what: str, body: dict[str, str]) -> None:
    """SMS-2."""
    async with desk.house.client("sms", desk.practice_id) as client:
        path = f"/v1/practices/{desk.practice_id}/sms/opt-outs{what}"
        answer: httpx.Response = await client.post(path, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/to")


async def test_a_stop_in_the_middle_of_sending(desk: Desk) -> None:
    """SMS-6: whatever the order of things, nothing stays planned, nothing leaves that is told as failed, and
    nothing leaves after the STOP."""
    ordered = [await desk.order() for _ in range(60)]
    senders = [Sender(Sandbox).send_ready(desk.service) for _ in range(4)]
    assert any((await asyncio.gather(*senders, note(desk)))[-1:])
    late = await desk.order()
    await desk.run()
    sent_at_all = {each: await desk.submissions(each) for each in ordered}
    async with desk.service.db.reading([desk.practice_id]) as session:
        rows = await session.execute(
            select(col(Message.id), col(Message.status)).where(col(Message.practice_id) == desk.practice_id)
        )
        statuses = {row.id: row.status.value for row in rows}
        waiting = await session.scalar(
            select(func.count()).select_from(Message).where(col(Message.status) == "planned")
        )
    assert waiting == 0
    assert {statuses[each] for each, times in sent_at_all.items() if times} <= {"delivered"}
    assert {statuses[each] for each, times in sent_at_all.items() if not times} <= {"suppressed"}
    assert set(sent_at_all.values()) <= {0, 1}
    assert statuses[late] == "suppressed"


async def test_an_order_that_crosses_a_stop_is_stopped_when_it_would_leave(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SMS-6: it was planned in a transaction that had not seen the STOP."""
    message_id = await desk.order()
    service, now = desk.service, await desk.service.clock.now(desk.practice_id)
    wish = OptOut(
        id=message_id,
        practice_id=desk.practice_id,
        number_hash=hashed(service, MOBILE),
        source=Source.REPLY,
        opted_out_at=now,
    )
    async with service.db.jobs_writing() as session:
        session.add(wish)
    assert await desk.status(message_id) == "planned"
    await desk.run()
    assert await desk.status(message_id) == "suppressed"
    assert await desk.outcomes() == ["opted_out"]
    assert await desk.submissions(message_id) == 0
