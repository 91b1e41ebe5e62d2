"""SMS-6: a STOP finds what was ordered before numbers were remembered by their hash."""

import pytest
from sms.conftest import NewDesk
from sms.desk import Desk
from sms.opt_outs.test_opt_outs import ask, sent
from sms.replies.test_replies import play
from sqlalchemy import update
from sqlmodel import col

from vetagenda_sms.messages import former
from vetagenda_sms.messages.former import hash_numbers
from vetagenda_sms.tables import Message


async def forget_hashes(desk: Desk) -> None:
    """As the migration that added the column left the rows that were there."""
    async with desk.service.db.jobs_writing() as session:
        mine = update(Message).where(col(Message.practice_id) == desk.practice_id)
        await session.execute(mine.values(number_hash=None))


@pytest.mark.parametrize("batch", [1, 500])
async def test_a_stop_finds_former_messages(
    new_desk: NewDesk, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """SMS-6: the one that it answers, and those that wait; however many there are."""
    monkeypatch.setattr(former, "BATCH", batch)
    desk = await new_desk(now="2026-03-17T21:00:00+01:00")
    await sent(desk)
    queued = [await desk.order() for _ in range(3)]
    await forget_hashes(desk)
    assert (await play(desk, "STOP")).status_code == 404
    await hash_numbers(desk.service)
    assert (await play(desk, "STOP")).status_code == 201
    assert [await desk.status(each) for each in queued] == ["suppressed"] * 3
    assert (await ask(desk, "check"))["opted_out"] is True


async def test_the_desk_stops_former_messages_too(new_desk: NewDesk) -> None:
    """SMS-6."""
    desk = await new_desk(now="2026-03-17T21:00:00+01:00")
    queued = await desk.order()
    await forget_hashes(desk)
    await hash_numbers(desk.service)
    await ask(desk, "")
    assert await desk.status(queued) == "suppressed"
