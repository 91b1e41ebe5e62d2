"""PLAT-6: each exchange with the carrier counts for its practice, each message once, in its segments."""

from urllib.parse import urlencode

from peers.twilio import Fault, TwilioStandIn
from sms.carriers.test_twilio import URGENT, when_it_may_again
from sms.desk import NOON, Desk

from vetagenda_kit.clock import system_now


async def counted(desk: Desk) -> dict[str, dict[str, int]]:
    return await desk.house.outward("sms", desk.practice_id, f"{system_now():%Y-%m}")


async def test_a_message_is_one_call_and_its_segments(desk: Desk, twilio: TwilioStandIn, number: str) -> None:
    await desk.order(to=number, text="e" * 200, **URGENT)
    await desk.run()
    (sent,) = twilio.to(number)
    found = (await counted(desk))["sms"]
    assert found.pop("bytes_sent") == len(urlencode(sent.form))
    assert found.pop("bytes_received") > 100
    assert found == {"calls": 1, "messages": 1, "parts": 2}


async def test_a_try_that_the_carrier_refused_for_now_is_a_failed_call(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    twilio.faults = lambda attempt: Fault.BUSY if attempt == 1 else None
    await desk.order(to=number, **URGENT)
    await desk.run()
    await when_it_may_again(desk)
    found = (await counted(desk))["sms"]
    assert (found["calls"], found["failed"], found["messages"]) == (2, 1, 1)


async def test_a_message_that_was_looked_for_and_found_counts_once(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    twilio.faults = lambda _: Fault.DROPS_THE_ANSWER
    await desk.order(to=number, **URGENT)
    await desk.run()
    assert (await counted(desk))["sms"].get("messages") is None
    await desk.an_hour_later()
    await desk.run()
    await desk.run()
    found = (await counted(desk))["sms"]
    assert (found["calls"], found["failed"], found["messages"]) == (1 + twilio.looked_up, 1, 1)


async def test_what_the_carrier_will_not_send_is_no_message(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    twilio.faults = lambda _: Fault.REFUSES
    await desk.order(to=number, **URGENT)
    await desk.run()
    found = (await counted(desk))["sms"]
    assert (found["calls"], found["failed"], found.get("messages")) == (1, 1, None)


async def test_a_test_practice_counts_what_it_would_have_sent_and_calls_nobody(
    desk: Desk, twilio: TwilioStandIn
) -> None:
    tested = Desk(desk.house, await desk.house.practice(test=True, now=NOON))
    await tested.order()
    await tested.run()
    found = await desk.house.outward("sms", tested.practice_id, "2026-03")
    assert found == {"sms": {"messages": 1, "parts": 1}}
