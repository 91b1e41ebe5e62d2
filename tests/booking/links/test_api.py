"""Owners' links: one appointment without an account, and nothing else (BOOK-8, PART-5, REM-5)."""

from typing import Any

import httpx
import pytest
from booking.clinic import Clinic

START = "2026-03-05T10:00:00+01:00"
LATER = "2026-03-06T10:20:00+01:00"


class Owner:
    """Somebody with a link and no key."""

    def __init__(self, clinic: Clinic) -> None:
        self.client = httpx.AsyncClient(
            base_url="http://platform", transport=clinic.house.transports["booking"]
        )

    async def see(self, token: str) -> httpx.Response:
        return await self.client.get(f"/v1/links/{token}")

    async def order(self, token: str, what: str, body: Any = None, *, key: str = "") -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return await self.client.post(f"/v1/links/{token}/{what}", json=body, headers=headers)


@pytest.fixture
def owner(clinic: Clinic) -> Owner:
    return Owner(clinic)


async def booked(clinic: Clinic, kind: str = "VACCINATION", start: str = START) -> str:
    answer = await clinic.book(start, kind, description="Rappel annuel", notes="mord")
    assert answer.status_code == 201, answer.text
    appointment_id: str = answer.json()["appointment_id"]
    return appointment_id


async def mint(clinic: Clinic, appointment_id: str) -> httpx.Response:
    return await clinic.post(f"/appointments/{appointment_id}/links")


async def link(clinic: Clinic, appointment_id: str) -> str:
    answer = await mint(clinic, appointment_id)
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_link_shows_what_the_owner_may_know(clinic: Clinic, owner: Owner) -> None:
    answer = await owner.see(await link(clinic, await booked(clinic)))
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "practice": {
            "name": "Clinique du Test",
            "phone": "+33144556677",
            "time_zone": "Europe/Paris",
        },
        "status": "confirmed",
        "description": "Rappel annuel",
        "animals": ["Milou"],
        "date": "2026-03-05",
        "start": "2026-03-05T09:00:00Z",
        "end": "2026-03-05T09:20:00Z",
        "arrival_window": None,
        "confirmed_by_owner_at": None,
        "may": ["confirm", "cancel", "reschedule"],
    }


async def test_a_surgery_shows_its_arrival_window_and_never_its_hour(clinic: Clinic, owner: Owner) -> None:
    """REM-5, also in refusals and answers."""
    window = {"from": "08:00", "to": "09:00"}
    answer = await clinic.agenda.patch(
        clinic.path(f"/appointment-types/{clinic.types['CHIRURGIE']}"),
        json={"arrival_window": window},
        headers={"If-Match": "*"},
    )
    assert answer.status_code == 200, answer.text
    token = await link(clinic, await booked(clinic, "CHIRURGIE", "2026-03-05T14:20:00+01:00"))
    seen = (await owner.see(token)).json()
    assert (seen["date"], seen["start"], seen["end"]) == ("2026-03-05", None, None)
    assert seen["arrival_window"] == window
    assert seen["may"] == ["cancel"]
    moved = await owner.order(token, "reschedule", {"start": LATER})
    assert refusal(moved) == (409, "slot-not-offered")
    await clinic.set_clock("2026-03-04T14:20:00+01:00")
    late = await owner.order(token, "cancel")
    assert refusal(late) == (409, "cancellation-window-closed")
    assert not {"13:20", "14:20"} & {
        text[i : i + 5] for text in (moved.text, late.text) for i in range(len(text))
    }


async def test_confirming_is_kept_once_and_dies_with_a_move(clinic: Clinic, owner: Owner) -> None:
    """nextcloud/calendar #5689: a link used after a move does not bring the former time back."""
    appointment_id = await booked(clinic)
    token = await link(clinic, appointment_id)
    assert [(await owner.order(token, "confirm")).status_code for _ in range(2)] == [200, 200]
    assert (await clinic.appointment(appointment_id))["confirmed_by_owner_at"] == "2026-03-03T07:00:00Z"
    told = [
        e for e in await clinic.house.events("agenda", clinic.id) if e["type"] == "agenda.appointment.updated"
    ]
    assert [each["data"]["fields"] for each in told] == [["confirmed_by_owner_at"]]
    assert told[0]["data"]["actor"]["kind"] == "owner"

    moved = await clinic.agenda.post(
        clinic.path(f"/appointments/{appointment_id}/reschedule"),
        json={"start": LATER},
        headers={"If-Match": "*"},
    )
    assert moved.status_code == 200, moved.text
    assert moved.json()["confirmed_by_owner_at"] is None
    for what, body in (("confirm", None), ("cancel", None), ("reschedule", {"start": START})):
        assert refusal(await owner.order(token, what, body)) == (409, "link-outdated")
    seen = (await owner.see(token)).json()
    assert (seen["start"], seen["may"]) == ("2026-03-06T09:20:00Z", [])
    assert len(await clinic.appointments()) == 1


async def test_a_link_outlives_what_owners_are_not_told_of(clinic: Clinic, owner: Owner) -> None:
    """Made longer, and given to the other vet: the time that the owner read is still the time."""
    appointment_id = await booked(clinic)
    token = await link(clinic, appointment_id)
    [present] = (await clinic.appointment(appointment_id))["calendar_ids"]
    other = [vet for vet in clinic.vets if vet != present]
    path = clinic.path(f"/appointments/{appointment_id}")
    for what, body in (("extend", {"minutes": 10}), ("reschedule", {"start": START, "calendar_ids": other})):
        answer = await clinic.agenda.post(f"{path}/{what}", json=body, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
    assert (await clinic.appointment(appointment_id))["sequence"] == 2
    assert (await owner.see(token)).json()["may"] == ["confirm", "cancel", "reschedule"]
    assert (await owner.order(token, "confirm")).status_code == 200
    assert (await clinic.appointment(appointment_id))["confirmed_by_owner_at"] == "2026-03-03T07:00:00Z"


async def test_moving_answers_the_link_to_the_new_time(clinic: Clinic, owner: Owner) -> None:
    appointment_id = await booked(clinic)
    token = await link(clinic, appointment_id)
    answer = await owner.order(token, "reschedule", {"start": "2026-03-06T10:20"}, key="m-1")
    assert answer.status_code == 200, answer.text
    assert (
        await owner.order(token, "reschedule", {"start": "2026-03-06T10:20"}, key="m-1")
    ).json() == answer.json()
    following = answer.json()["token"]
    assert (await owner.see(following)).json()["start"] == "2026-03-06T09:20:00Z"
    assert (await owner.order(following, "confirm")).status_code == 200
    stays = await owner.order(following, "reschedule", {"start": LATER})
    assert stays.json() == {
        "status": "confirmed",
        "confirmed_by_owner_at": "2026-03-03T07:00:00Z",
        "token": following,
    }
    updates = (await clinic.agenda.get(clinic.path("/updates"))).json()["items"]
    assert [each["kind"] for each in updates] == ["moved_by_owner"]


async def test_cancelling_ends_the_link(clinic: Clinic, owner: Owner) -> None:
    appointment_id = await booked(clinic)
    token = await link(clinic, appointment_id)
    first = await owner.order(token, "cancel", {"reason": "vacances"}, key="c-1")
    assert first.json() == {"status": "cancelled", "confirmed_by_owner_at": None, "token": None}
    assert (await owner.order(token, "cancel", {"reason": "vacances"}, key="c-1")).json() == first.json()
    assert (await clinic.appointment(appointment_id))["cancelled_by"] == "owner"
    for what, body in (("confirm", None), ("cancel", None), ("reschedule", {"start": LATER})):
        assert refusal(await owner.order(token, what, body)) == (410, "link-ended")
    assert refusal(await owner.see(token)) == (410, "link-ended")
    assert refusal(await mint(clinic, appointment_id)) == (410, "link-ended")
    [request] = (await clinic.client.get(clinic.path("/booking-requests"))).json()["items"]
    assert request["status"] == "cancelled"


@pytest.mark.parametrize(
    ("now", "may", "cancel"),
    [
        ("2026-03-04T09:59:59+01:00", ["confirm", "cancel", "reschedule"], 200),
        ("2026-03-04T10:00:00+01:00", ["confirm"], 409),
    ],
)
async def test_the_limit_is_that_of_every_owner(
    clinic: Clinic, owner: Owner, now: str, may: list[str], cancel: int
) -> None:
    token = await link(clinic, await booked(clinic))
    await clinic.set_clock(now)
    assert (await owner.see(token)).json()["may"] == may
    answer = await owner.order(token, "cancel")
    assert answer.status_code == cancel
    if cancel == 409:
        assert (answer.json()["code"], answer.json()["phone"]) == (
            "cancellation-window-closed",
            "+33144556677",
        )


async def test_a_link_ends_when_the_appointment_begins(clinic: Clinic, owner: Owner) -> None:
    token = await link(clinic, await booked(clinic))
    await clinic.set_clock("2026-03-05T09:59:59+01:00")
    assert (await owner.order(token, "confirm")).status_code == 200
    await clinic.set_clock(START)
    assert refusal(await owner.see(token)) == (410, "link-ended")
    assert refusal(await owner.order(token, "confirm")) == (410, "link-ended")


async def test_a_request_is_not_confirmed_by_its_owner(clinic: Clinic, owner: Owner) -> None:
    """Who asked still waits for the practice's answer."""
    token = await link(clinic, await booked(clinic, "CHIRURGIE", "2026-03-05T14:20:00+01:00"))
    assert refusal(await owner.order(token, "confirm")) == (409, "status-conflict")


async def test_forged_tokens_are_not_found(clinic: Clinic, owner: Owner) -> None:
    token = await link(clinic, await booked(clinic))
    flipped = ("B" if token[0] != "B" else "C") + token[1:]
    for forged in (flipped, token[:-1], token + "AAAA", "x", "é" * 72, token[:36] + token[40:]):
        assert refusal(await owner.see(forged)) == (404, "not-found")
        assert refusal(await owner.order(forged, "confirm")) == (404, "not-found")


async def test_a_made_link_is_an_address_that_can_be_sent(clinic: Clinic, owner: Owner) -> None:
    """Nothing is stored: asked again, it is the same."""
    appointment_id = await booked(clinic)
    answers = [await mint(clinic, appointment_id) for _ in range(2)]
    made = answers[0].json()
    assert made == answers[1].json()
    assert answers[0].headers["cache-control"] == "no-store"
    assert made == {
        "appointment_id": appointment_id,
        "url": f"http://127.0.0.1:8080/v1/links/{made['token']}",
        "token": made["token"],
        "expires_at": "2026-03-05T09:00:00Z",
    }
    assert refusal(await mint(clinic, "0195d4a0-0000-7000-8000-000000000000")) == (404, "not-found")


@pytest.mark.parametrize(
    ("actor", "scopes", "expected"),
    [
        ("key-of-the-test", ["booking:write"], 201),
        ("another-app", ["booking:write"], 404),
        ("another-app", ["agenda:write"], 201),
        ("key-of-the-test", ["agenda:read", "booking:read"], 403),
    ],
)
async def test_an_app_makes_links_to_what_it_has_booked(
    clinic: Clinic, actor: str, scopes: list[str], expected: int
) -> None:
    """PART-4: an appointment's id is no secret, and who has a link can cancel."""
    path = clinic.path(f"/appointments/{await booked(clinic)}/links")
    async with clinic.house.client("booking", clinic.id, test=True, actor=actor, scopes=scopes) as app:
        assert (await app.post(path)).status_code == expected


async def test_services_get_links_to_what_they_read(clinic: Clinic, owner: Owner) -> None:
    """Moved between the reading and the telling, the link is outdated from the first."""
    appointment_id = await booked(clinic)
    told = [{"appointment_id": appointment_id, "sequence": 0, "start": start} for start in (START, LATER)]
    async with clinic.house.internal("booking", clinic.id, caller="reminders") as reminders:
        path = f"/internal/practices/{clinic.id}/links"
        answer = await reminders.post(path, json={"appointments": told})
        assert answer.status_code == 200, answer.text
        assert (await clinic.client.post(path, json={"appointments": told})).status_code == 404
    first, second = (each["token"] for each in answer.json()["links"])
    assert first == await link(clinic, appointment_id)
    assert (await owner.see(first)).json()["may"] == ["confirm", "cancel", "reschedule"]
    assert refusal(await owner.order(second, "confirm")) == (409, "link-outdated")


async def test_a_link_ends_when_nobody_is_left_to_bring(clinic: Clinic, owner: Owner) -> None:
    """Nobody is asked to confirm the visit of an animal that has died; one that lives is expected."""
    mate = await clinic.made("/animals", owner_id=clinic.owner, name="Rex", species="chien")
    animals = [{"animal_id": each} for each in (clinic.animal, mate)]
    appointment_id = (await clinic.book(START, animals=animals)).json()["appointment_id"]
    token = await link(clinic, appointment_id)
    for animal, alive in ((mate, True), (clinic.animal, False)):
        died = await clinic.agenda.patch(
            clinic.path(f"/animals/{animal}"), json={"deceased_on": "2026-03-02"}, headers={"If-Match": "*"}
        )
        assert died.status_code == 200, died.text
        assert (await owner.see(token)).status_code == (200 if alive else 410)
        assert (await mint(clinic, appointment_id)).status_code == (201 if alive else 410)
    for what, body in (("confirm", None), ("cancel", None), ("reschedule", {"start": LATER})):
        assert refusal(await owner.order(token, what, body)) == (410, "link-ended")
    assert refusal(await owner.see(token)) == (410, "link-ended")
    assert (await clinic.appointment(appointment_id))["confirmed_by_owner_at"] is None
