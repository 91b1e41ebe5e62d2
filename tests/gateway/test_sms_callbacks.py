"""SMS-6: a carrier calls through the public door, without a key."""

from collections.abc import AsyncIterator

import pytest
from gateway.conftest import Front, front

from vetagenda_kit.ids import uuid7
from vetagenda_sms.receipts.signatures import receipt_url


@pytest.fixture
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("callbacks"), "agenda", "sms") as running:
        yield running


async def test_a_receipt_needs_its_signed_address_alone(platform: Front) -> None:
    """SMS-6: Kannel calls with GET and fills in more than we read, Twilio posts a form."""
    message_id, ring = uuid7(), platform.house.ring
    kannel = receipt_url("", "kannel", message_id, ring, "&status=1&id=4711&smsc=fake1")
    twilio = receipt_url("", "twilio", message_id, ring)
    async with platform.client() as carrier:
        assert (await carrier.get(kannel)).status_code == 204
        assert (await carrier.post(twilio, data={"MessageStatus": "delivered"})).status_code == 204
        for wrong in (kannel.replace("signature=", "signature=0"), twilio.replace(str(message_id), "1")):
            assert (await carrier.get(wrong)).status_code == 404


async def test_an_answer_needs_the_platforms_secret(platform: Front) -> None:
    """SMS-6: without one nobody can tell it."""
    async with platform.client() as carrier:
        answer = await carrier.get("/v1/sms/replies/sandbox?secret=&from=33612345678&text=STOP&id=1")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_receipts_are_counted_apart_from_people(platform: Front) -> None:
    """SMS-6: a morning's reminders bring two calls each within minutes, and Kannel repeats none."""
    receipt = receipt_url("", "kannel", uuid7(), platform.house.ring, "&status=1")
    async with platform.client() as carrier:
        told = await carrier.get(receipt)
        assert (told.status_code, told.headers["RateLimit-Policy"]) == (204, '"carrier";q=12000;w=60')
        for _ in range(310):
            told = await carrier.get(receipt)
        assert told.status_code == 204
