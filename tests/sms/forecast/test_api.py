"""SMS-5: what a text with merge fields would cost, over the practice's real owners and animals."""

import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from harness import House
from sms.conftest import NewDesk
from sms.desk import NOON, Desk

from vetagenda_kit.clock import system_now
from vetagenda_sms.forecast import recipients
from vetagenda_sms.number_key import hashed
from vetagenda_sms.opt_outs.commands import note_opt_out
from vetagenda_sms.opt_outs.tables import Source

TEXT = "Bonjour {owner}, rappel pour {animal|votre animal} : {product}."


async def ask(desk: Desk, text: str = TEXT, *, accept: str = "application/json", **body: Any) -> Any:
    async with desk.house.client("sms", desk.practice_id) as client:
        path = f"/v1/practices/{desk.practice_id}/sms/forecast"
        return await client.post(path, json={"text": text} | body, headers={"Accept": accept})


async def told(desk: Desk, text: str = TEXT, **body: Any) -> dict[str, Any]:
    answer = await ask(desk, text, **body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def make(desk: Desk, what: str, **body: Any) -> str:
    async with desk.house.client("agenda", desk.practice_id) as client:
        answer = await client.post(f"/v1/practices/{desk.practice_id}/{what}", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


async def owner(desk: Desk, family_name: str, *animals: str, **fields: Any) -> tuple[str, list[str]]:
    usual = {"phone": "06 12 34 56 78", "consents": {"sms": True}}
    owner_id = await make(desk, "owners", family_name=family_name, **(usual | fields))
    return owner_id, [await make(desk, "animals", owner_id=owner_id, name=name) for name in animals]


@pytest.fixture
async def full_desk(desk: Desk) -> Desk:
    await owner(desk, "Lambert", "Milou", "Rex")
    await owner(desk, "Martin", "Minou")
    return desk


async def test_the_names_that_break_it_are_found(full_desk: Desk) -> None:
    """SMS-5: Plutot is one SMS, Plutôt makes UCS-2."""
    owner_id, (animal_id,) = await owner(full_desk, "Plutôt", "Tonnerre de Brest")
    forecast = await told(full_desk, TEXT + " Prenez rendez-vous.")
    assert forecast["segments"] == {"1": 3, "2": 1}
    assert (forecast["recipients"], forecast["total_segments"]) == (4, 5)
    assert (forecast["minimum"], forecast["typical"], forecast["worst"]) == (1, 1, 2)
    assert forecast["breakers"]["count"] == 1
    (breaker,) = forecast["breakers"]["items"]
    assert (breaker["owner_id"], breaker["animal_id"]) == (owner_id, animal_id)
    assert (breaker["segments"], breaker["encoding"]) == (2, "ucs2")
    assert breaker["causes"] == [{"field": "owner", "characters": ["ô"]}]


async def test_only_who_would_get_it_counts(full_desk: Desk) -> None:
    """SMS-5: living animals of owners with a mobile telephone who agreed to SMS."""
    await owner(full_desk, "Refus", "Un", consents={"sms": False})
    await owner(full_desk, "Fixe", "Deux", phone="01 42 68 53 00")
    await owner(full_desk, "Sans", "Trois", phone=None)
    await owner(full_desk, "Sans animal")
    _, (dead,) = await owner(full_desk, "Ancien", "Feu")
    async with full_desk.house.client("agenda", full_desk.practice_id) as client:
        path = f"/v1/practices/{full_desk.practice_id}/animals/{dead}"
        changed = await client.patch(path, json={"deceased_on": "2026-03-01"}, headers={"If-Match": "*"})
        assert changed.status_code == 200, changed.text
    assert (await told(full_desk))["recipients"] == 3


async def test_who_has_answered_stop_does_not_count(full_desk: Desk) -> None:
    """SMS-5, SMS-6."""
    await owner(full_desk, "Muet", "Quatre", phone="06 98 76 54 32")
    assert (await told(full_desk))["recipients"] == 4
    service = full_desk.service
    async with service.db.jobs_writing() as session:
        silent, now = hashed(service, "+33698765432"), system_now()
        await note_opt_out(session, full_desk.practice_id, silent, Source.CARRIER, now, service.actor)
    assert (await told(full_desk))["recipients"] == 3


async def test_the_day_on_which_the_months_pool_ends(full_desk: Desk) -> None:
    """SMS-3, SMS-5: one practitioner gives 100 a month; 31 a day end it on the fourth day."""
    await make(full_desk, "calendars", name="Dr Lefèvre", kind="practitioner")
    forecast = await told(full_desk, per_month=31 * 31)
    today = date.fromisoformat(NOON[:10])
    assert date.fromisoformat(forecast["quota_ends_on"]) - today <= timedelta(days=4)
    assert (await told(full_desk, per_month=1))["quota_ends_on"] is None


async def test_without_a_pool_none_ends(full_desk: Desk) -> None:
    """SMS-5."""
    assert (await told(full_desk, per_month=10_000))["quota_ends_on"] is None


async def test_the_practices_own_price_is_taken_where_none_is_given(full_desk: Desk) -> None:
    """SMS-5."""
    await full_desk.choose(price_per_segment="0.045", currency="CHF")
    assert (await told(full_desk))["cost"] == {"amount": "0.135", "currency": "CHF"}
    given = {"amount": "1", "currency": "EUR"}
    assert (await told(full_desk, price_per_segment=given))["cost"] == {"amount": "3", "currency": "EUR"}


async def test_what_no_carrier_takes_is_refused(full_desk: Desk) -> None:
    """SMS-1, SMS-5: as when it is sent."""
    for text in ("{owner}{animal}" * 2_400, "{when}" * 300):
        answer = await ask(full_desk, text, values={"when": "ê" * 20})
        assert answer.status_code == 422, answer.text
        assert "10 is the most" in answer.text


async def test_a_practice_without_owners(desk: Desk) -> None:
    """SMS-5: nothing costs nothing."""
    price = {"amount": "0.05", "currency": "EUR"}
    forecast = await told(desk, price_per_segment=price, per_month=10)
    assert (forecast["recipients"], forecast["segments"], forecast["typical"]) == (0, {}, None)
    assert forecast["cost"] == {"amount": "0.00", "currency": "EUR"}


async def test_cost_and_what_a_safe_wording_saves(full_desk: Desk) -> None:
    """SMS-5: typography by rewriting, names by dropping their accents."""
    await owner(full_desk, "Plutôt", "Médor")
    text = "L’animal {animal} de {owner_family_name} doit être vacciné…".replace("être", "bien vite se faire")
    forecast = await told(
        full_desk, text + " Téléphonez-nous.", price_per_segment={"amount": "0.045", "currency": "EUR"}
    )
    assert forecast["segments"] == {"2": 4}
    assert [each["char"] for each in forecast["offending"]] == ["’", "…"]
    assert forecast["cost"] == {"amount": "0.360", "currency": "EUR"}
    signs, names = forecast["savings"]["typography"], forecast["savings"]["names"]
    assert (signs["segments"], signs["segments_saved"], signs["cost_saved"]["amount"]) == (5, 3, "0.135")
    assert (names["segments"], names["segments_saved"], names["cost"]["amount"]) == (4, 4, "0.180")


async def test_values_that_are_the_same_for_all_may_be_given(full_desk: Desk) -> None:
    """SMS-5."""
    forecast = await told(full_desk, "{product}", values={"product": "a" * 161})
    assert forecast["segments"] == {"2": 3}
    forecast = await told(full_desk, "{practice}" * 10)
    assert forecast["segments"] == {"1": 3}, "the practice's own name: Clinique du Test"


async def test_the_carriers_way_of_counting(full_desk: Desk) -> None:
    """SMS-1, SMS-5."""
    assert (await told(full_desk, "a" * 155))["segments"] == {"1": 3}
    assert (await told(full_desk, "a" * 155, profile="ovh_marketing"))["segments"] == {"2": 3}


async def test_progress_is_streamed_to_who_accepts_it(full_desk: Desk) -> None:
    """SMS-5: lines of progress, then the same forecast."""
    answer = await ask(full_desk, accept="application/x-ndjson")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    *progress, last = [json.loads(line) for line in answer.text.splitlines()]
    assert progress == [{"recipients": 3}]
    assert last == {"forecast": await told(full_desk)}


async def test_many_owners_come_in_pages(full_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """SMS-5: nobody is missed or counted twice, and progress is told after each page."""
    monkeypatch.setattr(recipients, "OWNERS_A_PAGE", 1)
    answer = await ask(full_desk, accept="application/x-ndjson")
    *progress, last = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["recipients"] for line in progress] in ([2, 3], [1, 3], [2, 3, 3], [1, 3, 3])
    assert last["forecast"]["recipients"] == 3


class AwayAfter(httpx.AsyncBaseTransport):
    """A network that breaks after so many answers."""

    def __init__(self, kept: httpx.AsyncBaseTransport, answers: int) -> None:
        self._kept, self._left = kept, answers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._left == 0:
            raise httpx.ConnectError("gone")
        self._left -= 1
        return await self._kept.handle_async_request(request)


@pytest.mark.parametrize(("answers", "status"), [(1, 503), (2, 200)])
async def test_the_agenda_goes_away(
    full_desk: Desk, monkeypatch: pytest.MonkeyPatch, answers: int, status: int
) -> None:
    """SMS-5: before the first line it is a problem, afterwards a last line says so."""
    monkeypatch.setattr(recipients, "OWNERS_A_PAGE", 1)
    peers = full_desk.service.peers
    client = peers._client("agenda")
    monkeypatch.setattr(client, "_transport", AwayAfter(client._transport, answers))
    answer = await ask(full_desk, accept="application/x-ndjson")
    assert answer.status_code == status
    problem = answer.json() if status == 503 else json.loads(answer.text.splitlines()[-1])["problem"]
    assert (problem["code"], problem["status"]) == ("service-unavailable", 503)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": "{animl}"}, "/text"),
        ({"text": "{animal"}, "/text"),
        ({"text": "{animal| }"}, "/text"),
        ({"text": " "}, "/text"),
        ({"values": {"owner": "x"}}, "/values/owner"),
        ({"values": {"species": "x"}}, "/values/species"),
        ({"per": "visit"}, "/per"),
        ({"values": {"x": "y"}}, "/values/x"),
        ({"profile": "belgacom"}, "/profile"),
        ({"price_per_segment": {"amount": "-1", "currency": "EUR"}}, "/price_per_segment/amount"),
        ({"price_per_segment": {"amount": 1, "currency": "EUR"}}, "/price_per_segment/amount"),
        ({"price_per_segment": {"amount": "٠.٠٤", "currency": "EUR"}}, "/price_per_segment/amount"),
        ({"price_per_segment": {"amount": "１", "currency": "EUR"}}, "/price_per_segment/amount"),
        ({"price_per_segment": {"amount": "1\n", "currency": "EUR"}}, "/price_per_segment/amount"),
        ({"price_per_segment": {"amount": "1", "currency": "euro"}}, "/price_per_segment/currency"),
        ({"per_month": 0}, "/per_month"),
        ({"recipients": []}, "/recipients"),
    ],
)
async def test_what_is_wrong_is_named(desk: Desk, body: dict[str, Any], pointer: str) -> None:
    """SMS-5: unknown fields are refused as templates refuse them."""
    answer = await ask(desk, **({"text": TEXT} | body))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_another_practices_owners_are_not_counted(
    house: House, full_desk: Desk, new_desk: NewDesk
) -> None:
    """SMS-5."""
    other = await new_desk()
    assert (await told(other))["recipients"] == 0
    async with house.client("sms", other.practice_id) as client:
        path = f"/v1/practices/{full_desk.practice_id}/sms/forecast"
        assert (await client.post(path, json={"text": TEXT})).status_code == 404


async def test_it_needs_the_scope(house: House, desk: Desk) -> None:
    """SMS-5."""
    async with house.client("sms", desk.practice_id, scopes=["sms:write"]) as client:
        path = f"/v1/practices/{desk.practice_id}/sms/forecast"
        assert (await client.post(path, json={"text": TEXT})).status_code == 403
