"""SMS-6: number and text are forgotten some time after a message ended, and when its owner is erased."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sms.conftest import NewDesk
from sms.desk import MOBILE, NOON, Desk
from sms.opt_outs.test_opt_outs import ask
from sms.replies.test_replies import play
from sqlalchemy import func, select, update
from sqlmodel import col

from vetagenda_contracts.events import CloudEvent
from vetagenda_contracts.sandbox import Phone
from vetagenda_kit import logs
from vetagenda_kit.clock import system_now
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.consumers import consumers
from vetagenda_sms.messages.jobs import Sender
from vetagenda_sms.replies.jobs import Listener
from vetagenda_sms.retention.jobs import forget
from vetagenda_sms.tables import Message, SandboxSubmission

OTHER = "+33612345679"


async def known(desk: Desk, message_id: UUID) -> tuple[str | None, str | None]:
    message = await desk.message(message_id)
    return message["to"], message["text"]


async def days_later(desk: Desk, days: float) -> None:
    """Real time passes for what has ended, also at the carrier; then the job runs."""
    then = system_now() - timedelta(days=days)
    async with desk.service.db.jobs_writing() as session:
        ended = update(Message).where(col(Message.settled_at).is_not(None))
        await session.execute(ended.values(settled_at=then))
        await session.execute(update(SandboxSubmission).values(received_at=then))
    await forget(desk.service)


async def copies(desk: Desk) -> int:
    """Messages that the sandbox still has."""
    query = select(func.count()).where(col(SandboxSubmission.practice_id) == desk.practice_id)
    async with desk.service.db.jobs_reading() as session:
        return await session.scalar(query) or 0


async def owner(desk: Desk) -> str:
    async with desk.house.client("agenda", desk.practice_id) as client:
        body = {"family_name": "Martin", "phone": MOBILE}
        answer = await client.post(f"/v1/practices/{desk.practice_id}/owners", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


async def erase(desk: Desk, owner_id: str) -> None:
    """In the agenda, whose event the service gets."""
    async with desk.house.client("agenda", desk.practice_id) as client:
        path = f"/v1/practices/{desk.practice_id}/owners/{owner_id}"
        answer = await client.delete(path, headers={"If-Match": "*"})
        assert answer.status_code == 204, answer.text
    for event in await desk.house.events("agenda", desk.practice_id):
        if event["type"] == "agenda.owner.deleted":
            await consumers.handle(desk.service.db, CloudEvent.model_validate(event), desk.service)


@pytest.mark.parametrize(("days", "known_as_theirs"), [(3 * 365 - 1, True), (3 * 365 + 1, False)])
async def test_whose_a_message_was_is_forgotten_after_three_years(
    desk: Desk, days: float, known_as_theirs: bool
) -> None:
    """PLAT-2: what was counted stays; no owner, and no hash of a number that could be compared."""
    owner_id = await owner(desk)
    await desk.order(owner_id=owner_id)
    await desk.run()
    segments = (await desk.usage())["segments"]
    await days_later(desk, days)
    query = select(col(Message.owner_id), col(Message.number_hash))
    async with desk.service.db.jobs_reading() as session:
        (row,) = (await session.execute(query.where(col(Message.practice_id) == desk.practice_id))).all()
    assert (row.owner_id is not None, row.number_hash is not None) == (known_as_theirs, known_as_theirs)
    assert (await desk.usage())["segments"] == segments


async def test_number_and_text_are_forgotten_and_the_rest_stays(desk: Desk) -> None:
    """SMS-6, SMS-3: after thirty days; counts and class stay for the month's pool."""
    message_id = await desk.order(text="a" * 161)
    await desk.run()
    await days_later(desk, 29.9)
    assert await known(desk, message_id) == (MOBILE, "a" * 161)
    before = await desk.message(message_id)
    await days_later(desk, 30.1)
    assert await desk.message(message_id) == before | {"to": None, "text": None}
    assert (await desk.usage())["segments"] == 2
    assert await copies(desk) == 0


@pytest.mark.parametrize(("days", "passed", "kept"), [(7, 8, False), (365, 364, True)])
async def test_a_practice_chooses_how_long(desk: Desk, days: int, passed: int, kept: bool) -> None:
    """SMS-6."""
    await desk.choose(texts_kept_days=days)
    message_id = await desk.order()
    await desk.run()
    await days_later(desk, passed)
    assert (await known(desk, message_id) == (MOBILE, "Bonjour")) is kept


async def test_what_never_left_is_forgotten_too(new_desk: NewDesk) -> None:
    """SMS-6: but not what still waits."""
    desk = await new_desk(now="2026-03-17T21:00:00+01:00")
    expired = await desk.order(expires_at="2026-03-18T07:00:00+01:00")
    waiting = await desk.order()
    await days_later(desk, 31)
    assert [await known(desk, each) for each in (expired, waiting)] == [(None, None), (MOBILE, "Bonjour")]


async def test_the_same_order_again_is_still_the_same(desk: Desk) -> None:
    """SMS-6: as far as is still known what it said."""
    message_id = await desk.order()
    await desk.run()
    await days_later(desk, 31)
    assert (await desk.put(message_id, {"to": MOBILE, "text": "Bonjour"})).status_code == 200
    assert (await desk.put(message_id, {"to": OTHER, "text": "Bonjour"})).status_code == 409


async def test_a_stop_finds_a_message_that_was_forgotten(desk: Desk) -> None:
    """SMS-6: it has no end."""
    await desk.order()
    await desk.run()
    await days_later(desk, 31)
    assert (await play(desk, "STOP")).status_code == 201
    assert (await ask(desk, "check"))["opted_out"] is True


async def test_an_erased_owner_is_forgotten_at_once(desk: Desk) -> None:
    """SMS-6: also what was sent to the same number without naming an owner, and what they answered; an
    opt-out stays."""
    erased, other = await owner(desk), await owner(desk)
    theirs = await desk.order(owner_id=erased)
    unnamed = await desk.order(text="Anonyme")
    spouses = await desk.order(owner_id=other)
    strangers = await desk.order(to=OTHER)
    await desk.run()
    await play(desk, "STOP, merci")
    await erase(desk, erased)
    assert [await known(desk, each) for each in (theirs, unnamed)] == [(None, None)] * 2
    assert [await known(desk, each) for each in (spouses, strangers)] == [
        (MOBILE, "Bonjour"),
        (OTHER, "Bonjour"),
    ]
    assert (await ask(desk, "check"))["opted_out"] is True
    assert await copies(desk) == 2


async def test_what_a_key_sent_to_an_erased_owner_is_forgotten_too(new_desk: NewDesk) -> None:
    """SMS-6: no reminder ever went to them. Who shares a number is not taken for the other."""
    desk = await new_desk(now="2026-03-17T21:00:00+01:00")
    owner_id = await owner(desk)
    told, night = await by_key(desk, "urgent"), await by_key(desk, "transactional")
    await desk.run()
    await erase(desk, owner_id)
    assert [await known(desk, one) for one in (told, night)] == [(None, None)] * 2
    assert (await desk.message(night))["reason"] == "erased"
    await owner(desk)
    gone = await owner(desk)
    shared = await by_key(desk, "transactional")
    await erase(desk, gone)
    assert (await known(desk, shared))[0] == MOBILE


async def by_key(desk: Desk, kind: str) -> UUID:
    async with desk.house.client("sms", desk.practice_id) as client:
        body = {"to": "06 12 34 56 78", "text": "Bonjour", "class": kind}
        answer = await client.post(f"/v1/practices/{desk.practice_id}/sms/messages", json=body)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])


async def test_what_waited_for_an_erased_owner_never_leaves(new_desk: NewDesk) -> None:
    """SMS-6: and that is told."""
    desk = await new_desk(now="2026-03-17T21:00:00+01:00")
    erased = await owner(desk)
    message_id = await desk.order(owner_id=erased)
    await erase(desk, erased)
    message = await desk.message(message_id)
    assert (message["status"], message["reason"], message["text"]) == ("suppressed", "erased", None)
    assert await desk.outcomes() == ["erased"]


async def test_what_is_in_doubt_is_forgotten_when_its_fate_is_known(desk: Desk) -> None:
    """SMS-6: until then it may have to be sent once more."""
    erased = await owner(desk)
    message_id = await desk.order(to=Phone.LOSES_THE_ANSWER, owner_id=erased)
    await Sender(Sandbox).send_ready(desk.service)
    await erase(desk, erased)
    assert await known(desk, message_id) == (Phone.LOSES_THE_ANSWER, "Bonjour")
    await desk.an_hour_later()
    await Sender(Sandbox).resolve_doubts(desk.service)
    await forget(desk.service)
    assert await known(desk, message_id) == (None, None)
    await desk.run()
    assert await desk.status(message_id) == "delivered"


async def test_logs_of_a_whole_journey_have_neither_number_nor_text(
    new_desk: NewDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    """SMS-6: sent, lost, answered, stopped, asked about, forgotten, erased."""
    logs.configure("sms", "debug")
    desk = await new_desk(now=NOON)
    owner_id = await owner(desk)
    secret: dict[str, Any] = {"text": "Rappel pour Milou", "owner_id": owner_id}
    for number in (MOBILE, Phone.LOSES_THE_ANSWER, Phone.SAYS_NO, Phone.SAYS_STOP):
        await desk.order(to=number, **secret)
    await desk.run()
    await Listener(Sandbox).hear(desk.service)
    await play(desk, "STOP, Milou est mort")
    await ask(desk, "check")
    await ask(desk, "lift")
    await erase(desk, owner_id)
    await days_later(desk, 31)
    said = capsys.readouterr()
    assert "sms_answered" in said.err
    for word in (
        "Milou",
        "annuler",
        MOBILE[3:],
        Phone.SAYS_NO[3:],
        Phone.SAYS_STOP[3:],
        Phone.LOSES_THE_ANSWER[3:],
    ):
        assert word not in said.err + said.out
    assert not [word for word in ("Milou", MOBILE[3:]) if word in str(await told(desk))]


async def told(desk: Desk) -> list[dict[str, Any]]:
    return await desk.house.events("sms", desk.practice_id)
