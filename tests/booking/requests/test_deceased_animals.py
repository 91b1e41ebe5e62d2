"""AGD-12: nothing is booked for an animal that has died; its kennel mates go on as before."""

from booking.clinic import Clinic

START = "2026-03-04T09:00:00Z"


async def test_nothing_is_booked_for_a_deceased_animal(clinic: Clinic) -> None:
    path = clinic.path(f"/animals/{clinic.animal}")
    died = await clinic.agenda.patch(path, json={"deceased_on": "2026-03-01"}, headers={"If-Match": "*"})
    assert died.status_code == 200, died.text
    refused = await clinic.book(START)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")
    assert refused.json()["errors"][0]["pointer"] == "/animals/0/animal_id"
    assert await clinic.appointments() == []
    other = {"owner_id": clinic.owner, "name": "Rex", "species": "dog"}
    mate = (await clinic.agenda.post(clinic.path("/animals"), json=other)).json()
    assert (await clinic.book(START, animals=[{"animal_id": mate["id"]}])).status_code == 201
