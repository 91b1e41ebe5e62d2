"""SYNC-1: a feed and a set-up page as a phone reaches them: through the public door, without a key."""

from collections.abc import AsyncIterator

import pytest
from gateway.conftest import Front, front
from gateway.walking import practice_of


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("calendar-feeds")
    async with front(folder, "agenda", "calendar-sync", requests_per_minute_without_key=30) as running:
        yield running


async def test_a_phone_reads_it_without_a_key_and_not_without_end(platform: Front) -> None:
    """Unknown secrets cost as much: nobody tries them one after the other."""
    practice = await practice_of(platform, "Clinique du Parc")
    path = f"/v1/practices/{practice}"
    async with platform.client(await platform.key(practice)) as staff, platform.client() as phone:
        calendar = (await staff.post(f"{path}/calendars", json={"name": "Dr Roche"})).json()["id"]
        made = await staff.post(f"{path}/calendar-feeds", json={"calendar_id": calendar})
        assert made.status_code == 201, made.text
        address = "/v1/feeds/" + made.json()["url"].rpartition("/")[2]
        first = await phone.get(address)
        assert (first.status_code, first.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
        assert b"X-WR-CALNAME:Dr Roche" in first.content
        again = await phone.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await phone.head(address)).headers["etag"] == first.headers["etag"]
        link = (await staff.post(f"{path}/calendar-links", json={"calendar_id": calendar})).json()["id"]
        setup = await staff.post(f"{path}/calendar-links/{link}/setup-link")
        page = "/v1/calendar-setup/" + setup.json()["url"].partition("/v1/calendar-setup/")[2]
        assert (await phone.get(page)).status_code == 200
        opened = await phone.post(page)
        assert (opened.status_code, opened.headers["location"]) == (303, "/v1/calendar-setup")
        there = await phone.get("/v1/calendar-setup")
        assert (there.status_code, "form-action 'self'" in there.headers["content-security-policy"]) == (
            200,
            True,
        )
        answers = [await phone.get(f"/v1/feeds/guess{number}.ics") for number in range(30)]
    assert {each.status_code for each in answers} == {404, 429}
    assert answers[-1].json()["code"] == "rate-limited"
