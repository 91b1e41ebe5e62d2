"""PLAT-2: an answer that shows data of practices beside the one in its path is an access to each of them."""

from gateway.accesses.test_log import read
from gateway.conftest import Front
from gateway.walking import practice_of

from vetagenda_kit.concerned import HEADER


async def test_a_ring_is_an_access_to_each_practice_that_it_shows(platform: Front) -> None:
    ours, theirs, silent = [await practice_of(platform, name) for name in ("Port", "Parc", "Gare")]
    number = {"numbers": ["+33199887766"]}
    for practice in (ours, theirs):
        async with platform.client(await platform.key(practice)) as client:
            put = await client.put(f"/v1/practices/{practice}/desk/settings", json=number)
            assert put.status_code == 200, put.text
    key = await platform.key(ours, theirs, silent, scopes=["desk:read", "agenda:read"])
    async with platform.client(key) as centre:
        rung = await centre.get("/v1/desk/calls", params={"to": "+33199887766"})
        assert rung.status_code == 200, rung.text
        assert len(rung.json()["practices"]) == 2
        assert HEADER not in rung.headers
    for practice in (ours, theirs):
        items = await read(platform, practice, 2)
        assert "/v1/desk/calls" in {each["route"] for each in items}
    assert await read(platform, silent, 0) == []
