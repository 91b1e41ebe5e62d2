"""One booking is one trace, from the gateway's door to its SMS; nothing of a person is in it."""

from collections.abc import AsyncIterator

import pytest
from journeys.clinic import Clinic, open_clinic
from peers.collector import Collector, Received

from vetagenda_embedded.platform import Platform
from vetagenda_embedded.preloaded import PARTS
from vetagenda_embedded.settings import PlatformSettings

CLIENTS = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = {"traceparent": f"00-{CLIENTS}-b7ad6b7169203331-01", "baggage": "who=Milou"}
BOOKING = "POST /v1/practices/{practice_id}/booking-requests"
TEN = "2027-03-02T10:00:00+01:00"
NEXT_DAY = {"from": "2027-03-03T08:00:00+01:00", "to": "2027-03-03T12:00:00+01:00"}


@pytest.fixture(scope="module")
async def collector(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Collector]:
    """The traces of one booking whose confirmation has left, and of one search by telephone number."""
    async with Collector().running() as running:
        traced = {part: {"otlp_endpoint": running.url} for part in PARTS}
        home = tmp_path_factory.mktemp("traced")
        settings = PlatformSettings(home, port=0, durable=False, services=traced)
        async with Platform(settings) as platform, open_clinic(platform, test=True) as clinic:
            await _book(clinic)
        yield running


async def _book(clinic: Clinic) -> None:
    await clinic.call("POST", "test/clock", json={"now": TEN})
    offered = {"appointment_type_id": clinic.vaccination} | NEXT_DAY
    slots = await clinic.call("GET", "slots", params=offered)
    wanted = clinic.booking(slots["items"][0]["start"], 1)
    await clinic.call("POST", "booking-requests", json=wanted, headers=TRACEPARENT)
    found = await clinic.call("GET", "owners", params={"q": "+33612000001"})
    assert len(found["items"]) == 1
    await clinic.call("POST", "test/clock", json={"advance": "PT10M"})
    sent = await clinic.every("sms/messages")
    assert [each["status"] for each in sent] == ["delivered"]


@pytest.fixture
def root(collector: Collector) -> Received:
    (found,) = [each for each in collector.spans if each.name == BOOKING and not each.parent]
    return found


def test_a_booking_is_one_trace_to_its_sms(collector: Collector, root: Received) -> None:
    spans = [each for each in collector.spans if each.trace == root.trace]
    services = {"gateway", "booking", "agenda", "reminders", "sms"}
    assert {f"vetagenda-{each}" for each in services} <= {each.service for each in spans}
    assert {"process agenda.appointment.booked", "plan messages", "submit sms"} <= {
        each.name for each in spans
    }
    assert {each.parent for each in spans} - {each.id for each in spans} == {""}
    assert root.attributes["http.response.status_code"] == 201
    assert root.attributes["http.route"] == "/v1/practices/{practice_id}/booking-requests"


def test_a_client_does_not_decide_whose_trace_it_is(collector: Collector, root: Received) -> None:
    assert CLIENTS not in {each.trace for each in collector.spans}
    assert [link.trace_id.hex() for link in root.span.links] == [CLIENTS]


def test_nothing_of_a_person_leaves_with_it(collector: Collector) -> None:
    routes = {each.attributes.get("http.route") for each in collector.spans}
    assert "/v1/practices/{practice_id}/owners" in routes
    for word in ("Milou", "Zo", "Fr\u00fch", "612000001", "127.0.0.1"):
        assert word.encode() not in collector.raw, word
