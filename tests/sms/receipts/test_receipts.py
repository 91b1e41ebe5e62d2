"""SMS-6: carriers tell what became of a message: signed, in any order, any number of times, also early."""

import asyncio
from uuid import UUID

import httpx
import pytest
from harness import eventually
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peers.twilio import Fault, Sent, TwilioStandIn
from pydantic import SecretStr
from sms.desk import Desk
from sms.reachable import CALLBACK_SECRET, Reachable

from vetagenda_kit.ids import uuid7
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.messages.jobs import Sender
from vetagenda_sms.receipts.signatures import receipt_url

URGENT = {"class": "urgent"}


async def sent(desk: Desk, twilio: TwilioStandIn, number: str) -> tuple[UUID, Sent]:
    message_id = await desk.order(to=number, **URGENT)
    await desk.run()
    return message_id, twilio.to(number)[-1]


def address(reached: Reachable, provider: str, message_id: UUID) -> str:
    return receipt_url(reached.url, provider, message_id, reached.house.ring)


async def call(url: str, method: str = "GET", **content: object) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as carrier:
        return await carrier.request(method, url, **content)  # type: ignore[arg-type]


async def test_a_delivery_is_told(desk: Desk, twilio: TwilioStandIn, number: str) -> None:
    """SMS-6: as the carrier's own form, signed by it."""
    message_id, taken = await sent(desk, twilio, number)
    for word in ("queued", "sent", "delivered"):
        assert await twilio.report(taken, word) == 204
    assert await desk.status(message_id) == "delivered"
    assert await desk.events(message_id) == ["sms.message.accepted", "sms.message.delivered"]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_kannel_calls_with_get(
    reached: Reachable, desk: Desk, twilio: TwilioStandIn, number: str, method: str
) -> None:
    """SMS-6: 8, accepted by the network, and 1, delivered, in the wrong order."""
    message_id, _ = await sent(desk, twilio, number)
    for report in (1, 8):
        answer = await call(f"{address(reached, 'kannel', message_id)}&status={report}&id=4711", method)
        assert (answer.status_code, answer.content) == (204, b"")
    assert await desk.status(message_id) == "delivered"


async def test_nobody_else_can_tell(
    reached: Reachable, desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: another message's signature, another carrier's, none, no such carrier, no such id."""
    message_id, taken = await sent(desk, twilio, number)
    signature = address(reached, "kannel", message_id).partition("signature=")[2]
    tried = [
        f"kannel?message={uuid7()}&signature={signature}",
        f"kannel?message={message_id}&signature={signature[:-1]}",
        f"kannel?message={message_id}",
        f"kannel?message=1&signature={signature}",
        f"kannel?signature={signature}",
        f"twilio?message={message_id}&signature={signature}",
        f"sandbox?message={message_id}&signature={signature}",
        f"nobody?message={message_id}&signature={signature}",
    ]
    for each in tried:
        for method in ("GET", "POST"):
            answer = await call(f"{reached.url}/v1/sms/receipts/{each}&status=2", method)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), each
    form = {"MessageStatus": "failed", "MessageSid": taken.sid}
    bare = f"{reached.url}/v1/sms/receipts/twilio?message={message_id}"
    assert await twilio.call(bare, form, signature="AAAA") == 404
    assert await desk.status(message_id) == "accepted"


async def test_the_carriers_own_signature_is_enough(
    reached: Reachable, desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: over the whole address and the form."""
    message_id, _ = await sent(desk, twilio, number)
    bare = f"{reached.url}/v1/sms/receipts/twilio?message={message_id}"
    assert await twilio.call(bare, {"MessageStatus": "delivered"}) == 204
    assert await desk.status(message_id) == "delivered"


async def test_what_is_not_understood_is_taken_and_changes_nothing(
    reached: Reachable, desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: the carrier need not repeat a word that we do not know, nor one about what we do not have."""
    message_id, taken = await sent(desk, twilio, number)
    assert await twilio.report(taken, "teleported") == 204
    assert (await call(f"{address(reached, 'kannel', uuid7())}&status=1")).status_code == 204
    assert await desk.events(message_id) == ["sms.message.accepted"]


async def test_a_receipt_without_its_status_names_the_field(
    reached: Reachable, desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6."""
    message_id, taken = await sent(desk, twilio, number)
    answer = await call(address(reached, "kannel", message_id))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?status")
    answer = await call(taken.form["StatusCallback"], "POST", data={"MessageSid": "SM1"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/MessageStatus")
    answer = await call(
        taken.form["StatusCallback"], "POST", content=b"<a/>", headers={"Content-Type": "a/b"}
    )
    assert answer.status_code == 415
    answer = await call(f"{address(reached, 'kannel', message_id)}&status=1&status=2")
    assert (answer.status_code, answer.json()["errors"][0]["detail"]) == (422, "a name is given twice")


async def test_a_receipt_comes_before_our_own_answer_is_recorded(
    desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: the carrier has it, and calls, while our submission still waits for its answer."""
    twilio.faults = lambda _: Fault.SLOW
    message_id = await desk.order(to=number, **URGENT)
    sending = asyncio.create_task(Sender(Sandbox).send_ready(desk.service))

    async def taken() -> list[Sent]:
        return twilio.to(number)

    (early,) = await eventually(taken)
    assert await twilio.report(early, "delivered") == 204
    assert await desk.status(message_id) == "delivered"
    twilio.answer_now.set()
    await sending
    message = await desk.message(message_id)
    assert (message["status"], message["carrier_segments"]) == ("delivered", 1)
    assert await desk.events(message_id) == ["sms.message.delivered"]


WORDS = ["queued", "sending", "sent", "undelivered", "delivered", "delivered"]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(WORDS), again=st.lists(st.sampled_from(WORDS), max_size=4))
async def test_receipts_in_any_order_and_number_end_in_one_state(
    desk: Desk, twilio: TwilioStandIn, number: str, order: list[str], again: list[str]
) -> None:
    """SMS-6: shuffled and repeated; delivery is told once."""
    message_id, taken = await sent(desk, twilio, number)
    for word in [*order, *again]:
        assert await twilio.report(taken, word) == 204
    assert await desk.status(message_id) == "delivered"
    assert (await desk.events(message_id)).count("sms.message.delivered") == 1


async def test_receipts_at_once_end_in_one_state(desk: Desk, twilio: TwilioStandIn, number: str) -> None:
    """SMS-6."""
    message_id, taken = await sent(desk, twilio, number)
    assert set(await asyncio.gather(*(twilio.report(taken, word) for word in WORDS * 3))) == {204}
    assert await desk.status(message_id) == "delivered"
    assert (await desk.events(message_id)).count("sms.message.delivered") == 1


async def test_an_owners_answer_as_twilio_sends_it(
    reached: Reachable, desk: Desk, twilio: TwilioStandIn, number: str
) -> None:
    """SMS-6: a form, once for each of its ids; by the secret address or by its own signature."""
    message_id, _ = await sent(desk, twilio, number)
    said = {"MessageSid": "SM-in-1", "From": number, "To": "+33700000000", "Body": "Stop", "NumMedia": "0"}
    secret = f"{reached.url}/v1/sms/replies/twilio?secret={CALLBACK_SECRET}"
    assert await twilio.call(secret, said, signature="") == 204
    assert await twilio.call(f"{reached.url}/v1/sms/replies/twilio", said) == 204
    assert await twilio.call(f"{reached.url}/v1/sms/replies/twilio", said, signature="AAAA") == 404
    replies = (await desk.message(message_id))["replies"]
    assert [(reply["text"], reply["meaning"]) for reply in replies] == [("Stop", "stop")]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("text=D%C3%A9sol%C3%A9%20%21&charset=UTF-8&coding=0", "Désolé !"),
        ("text=%00O%00%E7%00%21&charset=UTF-16BE&coding=2", "Oç!"),
        ("text=D%E9sol%E9&charset=ISO-8859-1&coding=0", "Désolé"),
        ("text=oui+merci", "oui merci"),
    ],
)
async def test_an_owners_answer_as_kannels_get_url_sends_it(
    reached: Reachable,
    desk: Desk,
    twilio: TwilioStandIn,
    number: str,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    text: str,
) -> None:
    """SMS-6: GET, in the octets that it names."""
    message_id, _ = await sent(desk, twilio, number)
    sender = number.replace("+", "%2B")
    path = f"/v1/sms/replies/kannel?secret={CALLBACK_SECRET}&from={sender}&to=36180&id={uuid7()}&{query}"
    assert (await call(reached.url + path)).status_code == 404, "it is not connected here yet"
    service = desk.service
    connected = {"sms_kannel_url": "http://kannel.test", "sms_kannel_username": "vet"}
    changed = service.settings.model_copy(update=connected | {"sms_kannel_password": SecretStr("x")})
    monkeypatch.setitem(service.__dict__, "settings", changed)
    answer = await call(reached.url + path)
    assert answer.status_code == 204, answer.text
    assert [reply["text"] for reply in (await desk.message(message_id))["replies"]] == [text]


@pytest.mark.parametrize(
    ("form", "pointer"), [({"From": "+33612345678", "Body": "OUI"}, "/MessageSid"), ({}, "/From")]
)
async def test_an_answer_without_a_field_names_it_as_the_carrier_does(
    reached: Reachable, twilio: TwilioStandIn, form: dict[str, str], pointer: str
) -> None:
    """SMS-6."""
    url = f"{reached.url}/v1/sms/replies/twilio?secret={CALLBACK_SECRET}"
    answer = await call(url, "POST", data=form)
    assert answer.status_code == 422, answer.text
    assert pointer in [each["pointer"] for each in answer.json()["errors"]]
