"""The practice's answer to a request whose time, or whose owner's mind, has changed meanwhile."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from booking.clinic import Clinic

from vetagenda_booking.agenda import Agenda

START = "2026-03-04T10:00:00+01:00"


async def requested(clinic: Clinic) -> dict[str, Any]:
    answer = await clinic.book(START, "CHIRURGIE")
    assert (answer.status_code, answer.json()["status"]) == (201, "requested"), answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_request_under_an_absence_is_accepted_only_on_purpose(clinic: Clinic) -> None:
    request = await requested(clinic)
    vet = next(each for each in request["calendar_ids"] if each in clinic.vets)
    absence = await clinic.made("/absences", calendar_id=vet, start=START, end="2026-03-04T12:00:00+01:00")
    path = f"/booking-requests/{request['id']}"
    refused = await clinic.post(f"{path}/accept", key="k1")
    assert (refused.status_code, refused.json()["code"]) == (409, "time-taken"), refused.text
    (there,) = refused.json()["lies_there"]
    assert (there["kind"], there["id"], there["calendar_id"]) == ("absence", absence, vet)
    assert "1 absence" in refused.json()["detail"]
    still = (await clinic.client.get(clinic.path(path))).json()
    assert still["status"] == "requested"
    empty = await clinic.post(f"{path}/accept", {"override": {"reason": ""}})
    assert empty.status_code == 422
    purpose = {"override": {"reason": "the colleague takes it"}}
    accepted = await clinic.post(f"{path}/accept", purpose, key="k2")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "confirmed"), accepted.text
    assert (await clinic.post(f"{path}/accept", purpose, key="k2")).json() == accepted.json()
    appointment = await clinic.appointment(request["appointment_id"])
    assert (appointment["status"], appointment["overlaps"]) == ("confirmed", True)


async def test_who_declines_what_the_owner_has_just_cancelled_is_told_so(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cancellation reaches the agenda between booking's look at the request and its order."""
    request = await requested(clinic)
    change = Agenda.change

    async def overtaken(agenda: Agenda, appointment_id: UUID, how: str, body: Mapping[str, Any]) -> Any:
        await change(agenda, appointment_id, "cancel", {"by": "owner"})
        return await change(agenda, appointment_id, how, body)

    monkeypatch.setattr(Agenda, "change", overtaken)
    declined = await clinic.post(f"/booking-requests/{request['id']}/decline", {"reason": "no vet"})
    assert (declined.status_code, declined.json()["code"]) == (409, "request-settled"), declined.text
    assert declined.json()["booking_status"] == "cancelled"
    appointment = await clinic.appointment(request["appointment_id"])
    assert (appointment["status"], appointment["cancelled_by"]) == ("cancelled", "owner")
