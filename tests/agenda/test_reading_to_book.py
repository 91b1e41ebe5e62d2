"""PART-1, PART-5: an app that only books reads what can be booked and where, and nothing inward."""

from agenda.conftest import Clinic
from harness import House


async def test_an_app_reads_types_and_calendars_and_nothing_else(clinic: Clinic, house: House) -> None:
    calendar = await clinic.make("calendars", name="Dr Anna", email="anna@example.org")
    kind = await clinic.make("appointment-types", name="VACCINATION", duration_minutes=20)
    async with house.client("agenda", clinic.id, scopes=["booking:read", "booking:write"], test=True) as app:
        listed = (await app.get(f"{clinic.path}/calendars", params={"limit": 500})).json()["items"]
        [own] = [each for each in listed if each["id"] == calendar["id"]]
        assert own == calendar | {"email": None}
        one = await app.get(f"{clinic.path}/calendars/{calendar['id']}")
        assert (one.json(), one.headers["etag"]) == (own, '"1"')
        assert (await app.get(f"{clinic.path}/appointment-types/{kind['id']}")).json() == kind
        for path in ("owners", "animals", "absences", "appointments"):
            assert (await app.get(f"{clinic.path}/{path}")).status_code == 403, path
        answer = await app.post(f"{clinic.path}/calendars", json={"name": "Mine"})
        assert (answer.status_code, answer.json()["scope"]) == (403, "agenda:write")
    read = await clinic.http.get(f"{clinic.path}/calendars/{calendar['id']}")
    assert read.json()["email"] == "anna@example.org"
