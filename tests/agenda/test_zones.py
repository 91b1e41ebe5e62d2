"""A practice is somewhere: its hours are those of a place, not of the machine that the service runs on."""

import pytest
from agenda.conftest import Clinic


@pytest.mark.parametrize("name", ["localtime", "Factory", "posixrules", "posix/Europe/Paris", "right/UTC"])
async def test_a_zone_of_no_place_is_no_practices(clinic: Clinic, name: str) -> None:
    refused = await clinic.http.patch(clinic.path, json={"time_zone": name}, headers={"If-Match": "*"})
    async with clinic.house.admin() as admin:
        body = {"name": "x", "country": "FR", "locale": "fr", "time_zone": name}
        never_opened = await admin.post("/v1/practices", json=body)
    for answer in (refused, never_opened):
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == "/time_zone"
    assert (await clinic.http.get(clinic.path)).json()["time_zone"] == "Europe/Paris"


@pytest.mark.parametrize("name", ["America/Argentina/Buenos_Aires", "Indian/Reunion", "UTC"])
async def test_a_zone_of_a_place_is(clinic: Clinic, name: str) -> None:
    moved = await clinic.http.patch(clinic.path, json={"time_zone": name}, headers={"If-Match": "*"})
    assert (moved.status_code, moved.json()["time_zone"]) == (200, name)
