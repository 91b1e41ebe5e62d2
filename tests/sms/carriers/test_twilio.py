"""SMS-6: the hosted carrier, as a stand-in on loopback speaks for it: once, whatever its answers become."""

import asyncio
import socket
from datetime import timedelta
from typing import Any

import pytest
from peers.twilio import Fault, TwilioStandIn
from sms.desk import MOBILE, NOON, Desk
from sqlalchemy import update
from sqlmodel import col

from vetagenda_kit import logs
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.messages.jobs import Sender
from vetagenda_sms.tables import Message

URGENT = {"class": "urgent"}


def change(desk: Desk, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
    changed = desk.service.settings.model_copy(update=settings)
    monkeypatch.setitem(desk.service.__dict__, "settings", changed)


async def test_a_message_leaves_as_it_was_written(desk: Desk, twilio: TwilioStandIn, number: str) -> None:
    """SMS-6: number, words, sender, how long it is of use and where to tell what became of it."""
    until = (system_now() + timedelta(hours=2)).isoformat()
    message_id = await desk.order(to=number, text="Plutôt 🐶 à 9 h", expires_at=until, **URGENT)
    await desk.run()
    (sent,) = twilio.to(number)
    assert sent.form["Body"] == "Plutôt 🐶 à 9 h"
    assert sent.form["From"] == "Clinique"
    assert sent.form["SmartEncoded"] == "false"
    assert 7_100 < int(sent.form["ValidityPeriod"]) <= 7_200
    assert f"/v1/sms/receipts/twilio?message={message_id}&signature=" in sent.form["StatusCallback"]
    message = await desk.message(message_id)
    assert (message["status"], message["carrier"], message["carrier_segments"]) == ("accepted", "twilio", 1)


async def test_its_way_of_counting_holds_from_the_order_on(desk: Desk, number: str) -> None:
    """SMS-1, SMS-6: it cuts no emoji in two; the sandbox of a test practice counts by the standard. Neither
    takes more than ten segments."""
    thumbs = "👍🏽" * 33  # of four units: sixteen fill a part, and three units of it are left
    assert (await desk.message(await desk.order(to=number, text=thumbs)))["segments"] == 3
    refused = await desk.put(uuid7(), {"to": number, "text": "a" * (10 * 153 + 1)})
    assert refused.status_code == 422
    assert "10 is the most" in refused.text
    tested = Desk(desk.house, await desk.house.practice(test=True, now=NOON))
    assert (await tested.message(await tested.order(text=thumbs)))["segments"] == 2


async def test_belgium_is_shown_a_number(desk: Desk, twilio: TwilioStandIn) -> None:
    """SMS-6: a name does not pass there."""
    await desk.order(to="+32470123456", **URGENT)
    await desk.run()
    assert twilio.to("+32470123456")[0].form["From"] == "+33700000000"


async def test_a_test_practice_never_leaves_the_sandbox(desk: Desk, twilio: TwilioStandIn) -> None:
    """SMS-6, PLAT-5."""
    tested = Desk(desk.house, await desk.house.practice(test=True, now=NOON))
    message_id = await tested.order()
    await tested.run()
    assert (await tested.message(message_id))["carrier"] == "sandbox"
    assert (await tested.status(message_id), twilio.created) == ("delivered", 0)


async def test_what_the_carrier_did_not_take_leaves_later(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: 429 is no refusal."""
    twilio.faults = lambda attempt: Fault.BUSY if attempt == 1 else None
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    assert (await desk.status(message_id), await desk.events(message_id)) == ("planned", [])
    await when_it_may_again(desk)
    assert await desk.status(message_id) == "accepted"
    assert len(twilio.to(number)) == 1


async def when_it_may_again(desk: Desk) -> None:
    async with desk.service.db.jobs_writing() as session:
        waiting = update(Message).where(col(Message.practice_id) == desk.practice_id)
        await session.execute(waiting.values(queued_for=system_now()))
    await desk.run()


@pytest.mark.parametrize("where", ["nobody listens", "no such name", "no TLS"])
async def test_without_a_connection_nothing_left(
    desk: Desk, twilio: TwilioStandIn, number: str, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """SMS-6: planned again, and no doubt is told."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        urls = {
            "nobody listens": f"http://127.0.0.1:{held.getsockname()[1]}",
            "no such name": "http://nowhere.invalid",
            "no TLS": twilio.url.replace("http:", "https:"),
        }
        change(desk, monkeypatch, sms_twilio_url=urls[where])
        message_id = await desk.order(to=number, **URGENT)
        await desk.run()
    message = await desk.message(message_id)
    assert (message["status"], message["submitted_at"]) == ("planned", None)
    assert await desk.events(message_id) == []


async def test_wrong_settings_reject_nobodys_message(
    desk: Desk, twilio: TwilioStandIn, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SMS-6: 401 is about the platform; the message waits until that is mended."""
    change(desk, monkeypatch, sms_twilio_account="AC1")
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    assert (await desk.status(message_id), twilio.created) == ("planned", 0)


@pytest.mark.parametrize("fault", [Fault.REFUSES, Fault.OPTED_OUT])
async def test_a_refusal_is_told(desk: Desk, twilio: TwilioStandIn, number: str, fault: Fault) -> None:
    """SMS-6: a 4xx about the message is for good."""
    twilio.faults = lambda _: fault
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    assert await desk.status(message_id) == "rejected"
    assert await desk.events(message_id) == ["sms.message.failed"]


async def test_who_has_opted_out_at_the_carrier_has_opted_out_here(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: told as such, so that another channel takes over; what comes later does not get that far."""
    twilio.faults = lambda attempt: Fault.OPTED_OUT if attempt == 1 else None
    first = await desk.order(to=number, **URGENT)
    await desk.run()
    assert ((await desk.message(first))["reason"], await desk.outcomes()) == ("opted_out", ["opted_out"])
    later = await desk.order(to=number, **URGENT)
    await desk.run()
    assert (await desk.status(later), twilio.created) == ("suppressed", 1)


async def test_telephones_show_the_practices_own_sender(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: it goes before the platform's."""
    await desk.choose(sender="Parc 75")
    await desk.order(to=number, **URGENT)
    await desk.run()
    assert twilio.to(number)[0].form["From"] == "Parc 75"


TAKEN = [Fault.DROPS_THE_ANSWER, Fault.BREAKS_AFTERWARDS, Fault.NEVER_ANSWERS]


@pytest.mark.parametrize("fault", TAKEN)
async def test_a_lost_answer_is_looked_up_and_not_sent_again(
    desk: Desk, twilio: TwilioStandIn, number: str, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """SMS-6: reset, 5xx and timeout after the bytes had left."""
    change(desk, monkeypatch, carrier_timeout=timedelta(seconds=0.5))
    twilio.faults = lambda _: fault
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    assert (await desk.status(message_id), await desk.events(message_id)) == ("unknown", [])
    assert twilio.looked_up == 0, "its list has not settled yet"
    await desk.an_hour_later()
    for _ in range(3):
        await desk.run()
    assert await desk.status(message_id) == "accepted"
    assert len(twilio.to(number)) == 1


async def test_what_the_carrier_never_got_is_sent_once_it_says_so(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: a 500 before it took the message over; nothing is lost where one can ask."""
    twilio.faults = lambda attempt: Fault.BROKEN if attempt == 1 else None
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    assert await desk.status(message_id) == "unknown"
    await desk.an_hour_later()
    for _ in range(2):
        await desk.run()
    assert (await desk.status(message_id), len(twilio.to(number))) == ("accepted", 1)


async def test_a_carrier_that_cannot_tell_decides_nothing(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: its list has more pages than are read."""
    twilio.faults = lambda _: Fault.BROKEN
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    for _ in range(12):
        twilio._take({"To": number, "Body": "another"})
    twilio.page_size = 1
    await desk.an_hour_later()
    await desk.run()
    assert (await desk.status(message_id), twilio.looked_up) == ("unknown", 10)


async def test_an_earlier_message_with_the_same_words_is_not_taken_for_the_lost_one(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: the list is read over its pages; each entry stands for one of our messages."""
    twilio.page_size = 1
    twilio.faults = lambda attempt: Fault.BROKEN if attempt == 2 else None
    for _ in range(2):
        await desk.order(to=number, text="Rappel", **URGENT)
        await desk.run()
    await desk.an_hour_later()
    for _ in range(2):
        await desk.run()
    assert len(twilio.to(number)) == 2


async def test_two_lost_answers_with_the_same_words_are_two_messages(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6."""
    twilio.faults = lambda _: Fault.DROPS_THE_ANSWER
    ordered = [await desk.order(to=number, text="Rappel", **URGENT) for _ in range(2)]
    await desk.run()
    await desk.an_hour_later()
    for _ in range(3):
        await desk.run()
    assert {await desk.status(each) for each in ordered} == {"accepted"}
    assert len(twilio.to(number)) == 2


async def test_a_receipt_resolves_the_doubt_before_anybody_asks(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: it carries our reference in its address."""
    twilio.faults = lambda _: Fault.DROPS_THE_ANSWER
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    assert await twilio.report(twilio.to(number)[0], "delivered") == 204
    await desk.an_hour_later()
    await desk.run()
    assert (await desk.status(message_id), twilio.looked_up) == ("delivered", 0)


async def test_a_receipt_keeps_what_was_not_found_from_leaving_again(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: the list was behind, the message is planned again, then its receipt comes."""
    twilio.faults = lambda _: Fault.DROPS_THE_ANSWER
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    (sent,) = twilio.sent
    twilio.sent = []
    await desk.an_hour_later()
    await Sender(Sandbox).resolve_doubts(desk.service)
    assert await desk.status(message_id) == "planned"
    assert await twilio.report(sent, "sent") == 204
    for _ in range(2):
        await desk.run()
    message = await desk.message(message_id)
    assert (message["status"], twilio.created) == ("accepted", 1)
    assert message["submitted_at"] is not None
    assert (await desk.usage())["used"] == 1, "given back when it was put back, and used after all"


async def test_another_count_than_ours_is_kept_and_told_once(
    desk: Desk, twilio: TwilioStandIn, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """SMS-6, SMS-1: by ids and counts."""
    logs.configure("sms", "info")
    twilio.counts = lambda _: 3
    message_id = await desk.order(to=number, text="a" * 161, **URGENT)
    await desk.run()
    for _ in range(2):
        await twilio.report(twilio.to(number)[0], "sent", NumSegments="3")
    message = await desk.message(message_id)
    assert (message["segments"], message["carrier_segments"]) == (2, 3)
    assert await desk.events(message_id) == ["sms.message.miscounted", "sms.message.accepted"]
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "sms_miscounted" in line]
    assert str(message_id) in told
    assert number[3:] not in told


async def test_a_message_stays_with_the_carrier_that_has_it(
    desk: Desk, twilio: TwilioStandIn, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SMS-6: the platform goes back to the sandbox while an answer of the hosted carrier is in doubt."""
    twilio.faults = lambda _: Fault.DROPS_THE_ANSWER
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    change(desk, monkeypatch, sms_carrier="sandbox")
    later = await desk.order(to=number, text="autre", **URGENT)
    await desk.an_hour_later()
    await desk.run()
    assert (await desk.message(later))["carrier"] == "sandbox"
    message = await desk.message(message_id)
    assert (message["status"], message["carrier"]) == ("accepted", "twilio")
    assert await twilio.report(twilio.to(number)[0], "delivered") == 204
    assert await desk.status(message_id) == "delivered"


async def test_a_carrier_whose_settings_are_gone_leaves_its_messages_unknown(
    desk: Desk, twilio: TwilioStandIn, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SMS-6: they are not given to another one; their receipts still count."""
    twilio.faults = lambda _: Fault.DROPS_THE_ANSWER
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    change(desk, monkeypatch, sms_carrier="sandbox", sms_twilio_token=None)
    await desk.an_hour_later()
    for _ in range(2):
        await desk.run()
    assert (await desk.status(message_id), twilio.created) == ("unknown", 1)
    assert await twilio.report(twilio.to(number)[0], "delivered") == 204
    assert await desk.status(message_id) == "delivered"


async def test_parallel_workers_submit_each_message_once(desk: Desk, twilio: TwilioStandIn) -> None:
    """SMS-6."""
    ordered = [await desk.order(text=f"Bonjour {each}", **URGENT) for each in range(20)]
    await asyncio.gather(*(Sender(Sandbox).send_ready(desk.service) for _ in range(4)))
    assert sorted(each.form["Body"] for each in twilio.to(MOBILE)) == sorted(
        f"Bonjour {each}" for each in range(20)
    )
    assert {await desk.status(each) for each in ordered} == {"accepted"}


async def test_nothing_of_a_message_and_no_secret_is_logged(
    desk: Desk, twilio: TwilioStandIn, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """SMS-6."""
    logs.configure("sms", "debug")
    faults = [None, Fault.BUSY, Fault.BROKEN, Fault.REFUSES, Fault.DROPS_THE_ANSWER, Fault.OPTED_OUT]
    twilio.faults = lambda attempt: faults[attempt - 1] if attempt <= len(faults) else None
    for _ in faults:
        await desk.order(to=number, text="Rappel pour Milou", **URGENT)
        await desk.run()
    await twilio.report(twilio.to(number)[0], "delivered")
    said = capsys.readouterr().err
    assert "sms_answer_lost" in said
    for secret in ("Milou", number[3:], twilio.token, "signature="):
        assert secret not in said
    assert twilio.token not in repr(desk.service.settings)
