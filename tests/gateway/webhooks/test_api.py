"""PART-7 through the one public door: a partner's webhook from its registration to its end."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from gateway.conftest import Front, front
from gateway.test_feed import Clinic
from gateway.test_forwarding import problem
from gateway.webhooks.consumer import Consumer
from harness import eventually

from vetagenda_gateway.keys.bootstrap import create_admin_key
from vetagenda_gateway.webhooks import courier
from vetagenda_gateway.webhooks.delivering import OF_A_PRACTICE, PLACES
from vetagenda_gateway.webhooks.rules import MOST_ENDPOINTS

SCOPES = ["agenda:read", "agenda:write", "events:read", "webhooks:read", "webhooks:write", "keys:write"]


@pytest.fixture(scope="session")
async def posting(tmp_path_factory: pytest.TempPathFactory, nats_url: str) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("webhooks")
    async with front(folder, "agenda", nats_url=nats_url, webhook_networks=["127.0.0.0/8"]) as running:
        yield running


@pytest.fixture(scope="session")
async def operator(posting: Front) -> str:
    return (await create_admin_key(posting.settings.database_url))[1]


@pytest.fixture
async def clinic(posting: Front, operator: str) -> Clinic:
    details = {"name": "Clinique", "country": "FR", "locale": "fr", "time_zone": "Europe/Paris", "test": True}
    async with posting.client(operator) as client:
        made = await client.post("/v1/practices", json=details)
        practice = made.json()["id"]
        order = {"practices": [practice], "scopes": SCOPES, "test": True}
        key = (await client.post("/v1/keys", json=order)).json()["key"]
    found = Clinic(posting, practice, key)
    await found.settled(2)  # the practice and its key: a webhook tells of what comes after
    return found


async def register(clinic: Clinic, partner: Consumer, **more: Any) -> dict[str, Any]:
    async with clinic.client() as client:
        made = await client.post(f"{clinic.path}/webhook-endpoints", json={"url": partner.url, **more})
    assert made.status_code == 201, made.text
    endpoint: dict[str, Any] = made.json()
    partner.secret = endpoint["secret"]
    return endpoint


async def ask(clinic: Clinic, method: str, path: str, **options: Any) -> httpx.Response:
    async with clinic.client() as client:
        return await client.request(method, f"{clinic.path}/webhook-endpoints{path}", **options)


async def delivered(partner: Consumer, count: int) -> list[dict[str, Any]]:
    async def enough() -> list[dict[str, Any]] | None:
        return partner.got if len(partner.got) >= count else None

    got: list[dict[str, Any]] = await eventually(enough)
    return got


async def test_what_happens_is_posted_as_it_stands_in_the_feed(
    clinic: Clinic, partner: Consumer, operator: str
) -> None:
    endpoint = await register(clinic, partner, description="around.pet")
    await clinic.make_calendars(2)
    got = await delivered(partner, 3)
    assert [each["type"] for each in got] == [
        "gateway.webhook-endpoint.created",
        "agenda.calendar.created",
        "agenda.calendar.created",
    ]
    feed = {each["sequence"]: each for each in (await clinic.feed())["items"]}
    assert all(feed[each["sequence"]] == each for each in got)
    assert partner.forged == []
    log = (await ask(clinic, "GET", f"/{endpoint['id']}/deliveries")).json()["items"]
    assert [each["sequence"] for each in log] == sorted((each["sequence"] for each in got), reverse=True)
    one = (await ask(clinic, "GET", f"/{endpoint['id']}/deliveries/{log[0]['id']}")).json()
    assert [each["status"] for each in one["log"]] == [204]
    assert one["event"] == got[-1]
    shown = (await ask(clinic, "GET", f"/{endpoint['id']}")).json()
    assert "secret" not in shown
    async with clinic.front.client(operator) as client:
        assert 'webhook_attempts_total{outcome="taken"}' in (await client.get("/metrics")).text
    assert (shown["disabled_reason"], shown["waiting"], shown["types"]) == (None, 0, None)


async def test_a_test_a_resend_and_a_replay(clinic: Clinic, partner: Consumer) -> None:
    path = f"/{(await register(clinic, partner, types=['agenda.calendar.created']))['id']}"
    test = await ask(clinic, "POST", f"{path}/test")
    assert (test.status_code, test.json()["type"]) == (202, "gateway.webhook.tested")
    await delivered(partner, 1)
    await clinic.make_calendars(2)
    await delivered(partner, 3)
    newest = (await ask(clinic, "GET", f"{path}/deliveries")).json()["items"][0]
    again = await ask(clinic, "POST", f"{path}/deliveries/{newest['id']}/resend")
    assert again.status_code == 202, again.text
    await delivered(partner, 4)
    assert partner.tries.count(newest["id"]) == 2
    replayed = await ask(clinic, "POST", f"{path}/replay", json={"after": 0})
    assert (replayed.status_code, replayed.json()["count"]) == (202, 2)
    got = await delivered(partner, 6)
    assert [each["sequence"] for each in got[-2:]] == sorted(each["sequence"] for each in got[1:3])
    for wrong in ({"after": -1}, {"from": "yesterday"}, {"since": 1}):
        assert (await ask(clinic, "POST", f"{path}/replay", json=wrong)).status_code == 422


async def test_an_endpoint_is_changed_disabled_and_enabled(clinic: Clinic, partner: Consumer) -> None:
    endpoint = await register(clinic, partner, types=["agenda.calendar.created"])
    path, match = f"/{endpoint['id']}", {"If-Match": "*"}
    off = await ask(clinic, "PATCH", path, json={"enabled": False}, headers=match)
    assert off.json()["disabled_reason"] == "by-user"
    await clinic.make_calendars(1)
    await clinic.settled(4)
    on = await ask(clinic, "PATCH", path, json={"enabled": True}, headers={"If-Match": off.headers["ETag"]})
    assert on.json()["disabled_reason"] is None
    assert [each["type"] for each in await delivered(partner, 1)] == ["agenda.calendar.created"]
    stale = await ask(clinic, "PATCH", path, json={"enabled": False}, headers={"If-Match": '"1"'})
    problem(stale, 412, "stale-version")
    every = await ask(clinic, "PATCH", path, json={"types": None}, headers=match)
    assert every.json()["types"] is None
    rotated = await ask(clinic, "POST", f"{path}/rotate-secret", json={"overlap_hours": 1})
    assert rotated.json()["secret"] != endpoint["secret"]
    assert (await ask(clinic, "DELETE", path)).status_code == 204
    assert (await ask(clinic, "GET", path)).status_code == 404


async def test_a_webhook_ends_with_its_key_and_goes_over_to_the_keys_successor(
    clinic: Clinic, partner: Consumer, operator: str
) -> None:
    endpoint = await register(clinic, partner)
    async with clinic.client() as client:
        rotated = (await client.post("/v1/keys/self/rotate")).json()
    clinic.key = rotated["key"]
    assert (await ask(clinic, "GET", f"/{endpoint['id']}")).json()["disabled_reason"] is None
    async with clinic.front.client(operator) as client:
        assert (await client.delete(f"/v1/keys/{rotated['id']}")).status_code == 204
        path = f"{clinic.path}/webhook-endpoints/{endpoint['id']}"
        assert (await client.get(path)).json()["disabled_reason"] == "key-ended"


async def test_an_endpoint_lives_with_the_key_that_enabled_it(
    clinic: Clinic, partner: Consumer, operator: str
) -> None:
    endpoint = await register(clinic, partner)
    path = f"{clinic.path}/webhook-endpoints/{endpoint['id']}"
    other = await clinic.front.key(clinic.practice)
    async with clinic.front.client(operator) as owner, clinic.front.client(other) as client:
        assert (await owner.delete(f"/v1/keys/{endpoint['key_id']}")).status_code == 204
        assert (await client.get(path)).json()["disabled_reason"] == "key-ended"
        enabled = await client.patch(path, json={"enabled": True}, headers={"If-Match": "*"})
        own = (await client.get("/v1/keys/self")).json()["id"]
        assert (enabled.json()["disabled_reason"], enabled.json()["key_id"]) == (None, own)
        assert (await owner.delete(f"/v1/keys/{own}")).status_code == 204
        assert (await owner.get(path)).json()["disabled_reason"] == "key-ended"


async def test_who_tries_what_waits_takes_no_enabled_endpoint_over(clinic: Clinic, partner: Consumer) -> None:
    endpoint = await register(clinic, partner)
    clinic.key = await clinic.front.key(clinic.practice)
    order, match = {"enabled": True}, {"If-Match": "*"}
    tried = await ask(clinic, "PATCH", f"/{endpoint['id']}", json=order, headers=match)
    assert (tried.status_code, tried.json()["key_id"]) == (200, endpoint["key_id"])


async def test_a_practices_further_endpoints_wait_for_a_place_not_for_the_next_look(
    clinic: Clinic, partner: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are more than a practice's part, and nothing else happens that would wake the courier."""
    for _ in range(3 * round(PLACES * OF_A_PRACTICE)):
        await register(clinic, partner, types=["agenda.calendar.created"])
    await clinic.settled(17)
    monkeypatch.setattr(courier, "LOOK_AGAIN", timedelta(minutes=1))
    await clinic.make_calendars(1)

    async def all_came() -> bool:
        return len(partner.tries) == 15

    await eventually(all_came)


async def test_nothing_is_ordered_of_a_disabled_endpoint(clinic: Clinic, partner: Consumer) -> None:
    path = f"/{(await register(clinic, partner))['id']}"
    await clinic.make_calendars(1)
    await delivered(partner, 1)
    log = (await ask(clinic, "GET", f"{path}/deliveries")).json()["items"]
    await ask(clinic, "PATCH", path, json={"enabled": False}, headers={"If-Match": "*"})
    for order in ("test", "replay", f"deliveries/{log[0]['id']}/resend"):
        answer = await ask(clinic, "POST", f"{path}/{order}", json={} if order == "replay" else None)
        problem(answer, 409, "endpoint-disabled")
        assert answer.json()["disabled_reason"] == "by-user"


async def test_an_overlap_of_secrets_is_not_cut_short_by_a_third(clinic: Clinic, partner: Consumer) -> None:
    path = f"/{(await register(clinic, partner))['id']}"
    first = (await ask(clinic, "POST", f"{path}/rotate-secret", json={"overlap_hours": 24})).json()
    again = await ask(clinic, "POST", f"{path}/rotate-secret", json={"overlap_hours": 1})
    problem(again, 409, "secrets-overlap")
    until = datetime.fromisoformat(again.json()["former_secret_until"])
    assert until == datetime.fromisoformat(first["former_secret_until"])
    at_once = await ask(clinic, "POST", f"{path}/rotate-secret", json={"overlap_hours": 0})
    assert at_once.json()["secret"] != first["secret"], "a secret that has leaked goes at once"
    partner.secret = at_once.json()["secret"]
    await ask(clinic, "POST", f"{path}/test")

    async def the_test() -> dict[str, Any] | None:
        return next((each for each in partner.got if each["type"] == "gateway.webhook.tested"), None)

    tested: dict[str, Any] = await eventually(the_test)
    assert tested["type"] not in partner.forged, "news of the rotations may have met either secret"
    assert (tested["source"], tested["sequence"]) == ("/services/gateway", None)
    assert tested["time"].endswith("Z")
    async with clinic.client() as client:
        described = (await client.get("/v1/asyncapi.json")).json()["components"]["messages"]
    assert {"gateway.webhook.tested", "gateway.event.redacted"} <= described.keys()


async def test_a_consumer_that_takes_a_minute_slows_nobody_down(clinic: Clinic, partner: Consumer) -> None:
    partner.seconds = 60
    await register(clinic, partner)
    await clinic.make_calendars(100)
    assert partner.got == []
    assert (await clinic.feed())["last"] >= 1


async def test_who_may_not_makes_no_webhook(clinic: Clinic, partner: Consumer, operator: str) -> None:
    endpoint = await register(clinic, partner)
    order = {"practices": [str(clinic.practice)], "scopes": ["webhooks:write"], "test": True}
    async with clinic.front.client(operator) as client:
        weak = Clinic(
            clinic.front, clinic.practice, (await client.post("/v1/keys", json=order)).json()["key"]
        )
    refused = await ask(weak, "POST", "", json={"url": partner.url})
    assert problem(refused, 403, "scope-missing")["scope"] == "events:read"
    problem(await ask(weak, "GET", f"/{endpoint['id']}"), 403, "scope-missing")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://10.0.0.1/hook", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("https://[::1]/hook", "private"),
        ("https://no-such-name.invalid/hook", "no address"),
        ("gopher://example.org/", "no address"),
        ("ftp://example.org:21/", "https"),
        ("example", "no address"),
    ],
)
async def test_a_bad_address_is_refused_when_it_is_typed(clinic: Clinic, address: str, says: str) -> None:
    answer = await ask(clinic, "POST", "", json={"url": address})
    problem(answer, 422, "invalid-request")
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/url"
    assert says in error["detail"]
    unknown = await ask(clinic, "POST", "", json={"url": "https://example.org/", "types": ["agenda.x"]})
    assert [each["pointer"] for each in unknown.json()["errors"]] == ["/types/0"]


async def test_a_message_that_was_not_taken_says_why(clinic: Clinic, partner: Consumer) -> None:
    partner.status = 503
    endpoint = await register(clinic, partner)

    async def tried() -> dict[str, Any] | None:
        items = (await ask(clinic, "GET", f"/{endpoint['id']}/deliveries?status=waiting")).json()["items"]
        return items[0] if items and items[0]["attempts"] else None

    found = await eventually(tried)
    one = (await ask(clinic, "GET", f"/{endpoint['id']}/deliveries/{found['id']}")).json()
    assert (one["log"][0]["number"], one["log"][0]["status"]) == (1, 503)
    assert one["next_try_at"] is not None
    assert (await ask(clinic, "GET", f"/{endpoint['id']}")).json()["failing_since"] is not None


async def test_one_practice_has_so_many_endpoints(clinic: Clinic, partner: Consumer) -> None:
    for _ in range(MOST_ENDPOINTS):
        await register(clinic, partner, types=["agenda.hold.placed"])
    refused = await ask(clinic, "POST", "", json={"url": partner.url})
    assert problem(refused, 409, "too-many-endpoints")["most"] == MOST_ENDPOINTS


async def test_who_may_not_read_events_turns_no_endpoint_elsewhere(clinic: Clinic, partner: Consumer) -> None:
    """Another address, a new secret, a replay or a look into a message would tell all of them."""
    path = f"{clinic.path}/webhook-endpoints"
    endpoint = (await register(clinic, partner))["id"]
    test = (await ask(clinic, "POST", f"/{endpoint}/test")).json()["id"]
    key = await clinic.front.key(clinic.practice, scopes=["webhooks:read", "webhooks:write"])
    match = {"If-Match": "*"}
    async with clinic.front.client(key) as client:
        for answer in (
            await client.patch(f"{path}/{endpoint}", json={"url": partner.url}, headers=match),
            await client.post(f"{path}/{endpoint}/rotate-secret"),
            await client.post(f"{path}/{endpoint}/replay", json={}),
            await client.post(f"{path}/{endpoint}/test"),
            await client.get(f"{path}/{endpoint}/deliveries/{test}"),
        ):
            problem(answer, 403, "scope-missing")
            assert answer.json()["scope"] == "events:read"
        assert (await client.get(f"{path}/{endpoint}")).status_code == 200


async def test_a_patch_that_asks_for_nothing_changes_nothing(clinic: Clinic, partner: Consumer) -> None:
    path = f"/{(await register(clinic, partner))['id']}"
    before = await ask(clinic, "GET", path)
    patched = await ask(clinic, "PATCH", path, json={}, headers={"If-Match": before.headers["ETag"]})
    assert patched.status_code == 200, patched.text
    assert patched.headers["ETag"] == before.headers["ETag"]
