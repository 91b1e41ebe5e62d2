"""PLAT-2: everything about one owner in one document, or none at all."""

import httpx
from calendar_sync.caldav.practice import DavPractice
from harness import House
from privacy.life import ANIMAL, EMAIL, NAME, PHONE, STREET, WORDS, Life
from privacy.test_erasure import ORDER


async def test_an_export_holds_what_all_services_hold(practice: DavPractice) -> None:
    life = await Life(practice).played()
    told = (await life.ask("agenda", "GET", f"owners/{life.owner}/export")).json()
    own, others = told["agenda"], told["services"]
    assert (own["owner"]["family_name"], own["owner"]["email"]) == (NAME, EMAIL)
    assert STREET in own["owner"]["address"]["street"]
    assert [each["name"] for each in own["animals"]] == [ANIMAL, ANIMAL]
    assert {*life.appointments} <= {each["id"] for each in own["appointments"]}
    assert any(each["owner_id"] is None and each["phone"] == PHONE for each in own["appointments"])
    assert len(own["waitlist_entries"]) == 1
    assert [each["text"] for each in own["desk"]["messages"]] == [WORDS, WORDS]
    assert [each["reason"] for each in own["desk"]["call_backs"]] == [WORDS]
    assert [each["over"] for each in own["desk"]["call_back_requests"]] == ["email"]
    contents = [
        await life.ask("agenda", "GET", each["content"].split("/", 4)[4]) for each in own["documents"]
    ]
    assert [each.text for each in contents] == [WORDS, WORDS]
    kinds = {each["event_type"] for each in own["history"]}
    assert {"agenda.owner.updated", "agenda.appointment.cancelled"} <= kinds
    assert others["booking"]["booking_requests"][0]["owner_id"] == life.owner
    assert any(NAME in (each["text"] or "") for each in others["sms"]["messages"])
    assert any(each["recipient"] == PHONE for each in others["reminders"]["reminders"])
    assert any(WORDS in str(each["lost"]) for each in others["calendar-sync"]["conflicts"])
    assert {each["link_id"] for each in others["calendar-sync"]["events"]} == {practice.link}


async def test_nobody_elses_data_is_in_it(practice: DavPractice) -> None:
    other = await practice.make("owners", family_name="Nachbarin", phone="0612345670")
    await practice.make("animals", owner_id=other["id"], name="Fremdling")
    told = await practice.agenda.get(f"{practice.path}/owners/{practice.owner}/export")
    assert told.status_code == 200
    assert "Plutôt" in told.text
    assert "Nachbarin" not in told.text
    assert "Fremdling" not in told.text


async def test_there_is_no_half_export(practice: DavPractice, house: House) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens", request=request)

    peers, there = house.services["agenda"].peers, house.transports["sms"]
    peers._clients.pop("sms", None)
    house.transports["sms"] = httpx.MockTransport(away)
    try:
        told = await practice.agenda.get(f"{practice.path}/owners/{practice.owner}/export")
    finally:
        house.transports["sms"] = there
        peers._clients.pop("sms", None)
    assert told.status_code == 503
    assert "Plutôt" not in told.text


async def test_who_was_erased_has_none(practice: DavPractice) -> None:
    path = f"{practice.path}/owners/{practice.owner}"
    assert (await practice.agenda.post(f"{path}/erasure", json=ORDER)).status_code == 202
    assert (await practice.agenda.get(f"{path}/export")).status_code == 404
