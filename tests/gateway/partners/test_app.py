"""A partner's app through the door: its key, its feed and its webhooks (PART-1 .. PART-5, PART-8)."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from agenda.partners.app import INVITATION_URL, PERSON, TERMS
from gateway.conftest import Front, front
from gateway.test_feed import Clinic
from gateway.test_forwarding import problem
from gateway.webhooks.consumer import consumer
from harness import eventually
from sqlalchemy import text

from vetagenda_gateway.keys import rules
from vetagenda_gateway.keys.bootstrap import create_admin_key
from vetagenda_gateway.partners.sight import REDACTED_TYPE

EVENTS = ["events:read", "webhooks:read", "webhooks:write"]
START = "2027-03-02T10:00:00+01:00"


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory, nats_url: str) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("partners")
    async with front(folder, "agenda", nats_url=nats_url, webhook_networks=["127.0.0.0/8"]) as running:
        yield running


@pytest.fixture(scope="module")
async def operator(platform: Front) -> AsyncIterator[httpx.AsyncClient]:
    async with platform.client((await create_admin_key(platform.settings.database_url))[1]) as client:
        yield client


@pytest.fixture(scope="module")
async def partner(operator: httpx.AsyncClient) -> str:
    body = {"name": "around.pet", "invitation_url": INVITATION_URL, **TERMS}
    return str((await operator.post("/v1/partners", json=body)).json()["id"])


@pytest.fixture
async def clinic(platform: Front, operator: httpx.AsyncClient, partner: str) -> Clinic:
    body = {"name": "Clinique", "time_zone": "Europe/Paris", "country": "FR", "locale": "fr"}
    answer = await operator.post("/v1/practices", json=body | {"phone": "+33144556677"})
    practice = UUID(answer.json()["id"])
    clinic = Clinic(platform, practice, await platform.key(practice))
    accepted = {"partner_id": partner, "terms_version": TERMS["terms_version"], "accepted_by": "Dr Roux"}
    await made(clinic, "partner-activations", **accepted)
    return clinic


async def made(clinic: Clinic, path: str, **body: Any) -> dict[str, Any]:
    async with clinic.client() as staff:
        answer = await staff.post(f"{clinic.path}/{path}", json=body)
    assert answer.status_code == 201, answer.text
    record: dict[str, Any] = answer.json()
    return record


async def key_of_app(operator: httpx.AsyncClient, clinic: Clinic, partner: str) -> str:
    scopes = ["booking:read", "booking:write", "documents:read", *EVENTS]
    body = {"practices": [str(clinic.practice)], "scopes": scopes, "partner_id": partner}
    answer = await operator.post("/v1/keys", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["partner_id"] == partner
    return str(answer.json()["key"])


@pytest.fixture
async def app(clinic: Clinic, operator: httpx.AsyncClient, partner: str) -> AsyncIterator[httpx.AsyncClient]:
    async with clinic.front.client(await key_of_app(operator, clinic, partner)) as client:
        yield client


async def visits(clinic: Clinic, owner: str) -> list[str]:
    """Two published visits in the same hour: one of the connected owner, one of another."""
    calendar = (await made(clinic, "calendars", name="Dr Roux", kind="practitioner"))["id"]
    other = (await made(clinic, "owners", family_name="Blanc"))["id"]
    booked = []
    for number, who in enumerate((other, owner)):
        body = {"calendar_ids": [calendar], "start": START.replace("10:", f"1{number}:"), "published": True}
        end = START.replace("10:00", f"1{number}:20")
        booked.append((await made(clinic, "appointments", owner_id=who, end=end, **body))["id"])
    return booked


async def connected(clinic: Clinic, app: httpx.AsyncClient) -> str:
    answer = await app.post(f"{clinic.path}/connections", json={"owner": PERSON})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["owner_id"])


async def feed_of(app: httpx.AsyncClient, clinic: Clinic, until: int) -> list[dict[str, Any]]:
    async def enough() -> list[dict[str, Any]] | None:
        page = (await app.get(f"{clinic.path}/events", params={"limit": 1000})).json()
        items: list[dict[str, Any]] = page["items"]
        return items if page["last"] >= until else None

    found: list[dict[str, Any]] = await eventually(enough)
    return found


async def events_of(clinic: Clinic) -> int:
    """All that was committed for the practice, by the agenda and by the gateway."""
    from_agenda = await clinic.front.house.events("agenda", clinic.practice)
    told = text("SELECT count(*) FROM outbox WHERE practice_id = :practice")
    async with clinic.front.database.jobs_reading() as session:
        return len(from_agenda) + (await session.scalar(told, {"practice": clinic.practice}) or 0)


async def test_the_feed_of_an_app_has_every_number_and_only_its_owners_events(
    clinic: Clinic, app: httpx.AsyncClient
) -> None:
    owner = await connected(clinic, app)
    theirs, mine = await visits(clinic, owner)
    items = await feed_of(app, clinic, await events_of(clinic))
    assert [each["sequence"] for each in items] == list(range(1, len(items) + 1))
    booked = [each["subject"] for each in items if each["type"] == "agenda.appointment.booked"]
    assert booked == [mine]
    assert theirs not in str(items)
    assert REDACTED_TYPE in {each["type"] for each in items}
    async with clinic.client() as staff:
        whole = await feed_of(staff, clinic, len(items))
    assert [each["subject"] for each in whole if each["type"] == "agenda.appointment.booked"] == [
        theirs,
        mine,
    ]


async def test_a_webhook_of_an_app_is_sent_its_owners_events_alone(
    clinic: Clinic, app: httpx.AsyncClient
) -> None:
    owner = await connected(clinic, app)
    await feed_of(app, clinic, await events_of(clinic))  # a webhook tells of what comes after it
    async with consumer() as receiver:
        endpoint = (await app.post(f"{clinic.path}/webhook-endpoints", json={"url": receiver.url})).json()
        receiver.secret = endpoint["secret"]
        theirs, mine = await visits(clinic, owner)
        async with clinic.client() as staff:
            path = f"{clinic.path}/appointments/{mine}"
            await staff.patch(path, json={"published": False}, headers={"If-Match": "*"})

        async def two() -> bool:
            return len(receiver.got) >= 2

        await eventually(two)
        assert [each["type"] for each in receiver.got] == ["agenda.appointment.booked", REDACTED_TYPE]
        assert receiver.got[1]["data"]["withdrawn"] == mine
        log = await app.get(f"{clinic.path}/webhook-endpoints/{endpoint['id']}/deliveries")
        assert {each["type"] for each in log.json()["items"]} <= {
            "agenda.appointment.booked",
            "agenda.appointment.updated",
        }
        replay = f"{clinic.path}/webhook-endpoints/{endpoint['id']}/replay"
        assert (await app.post(replay, json={"after": 0})).json()["count"] < await events_of(clinic)
        assert theirs not in str(receiver.got)


async def test_an_app_has_its_own_endpoints_only(
    clinic: Clinic, app: httpx.AsyncClient, partner: str
) -> None:
    target = {"url": "http://127.0.0.1:9/hook"}
    of_staff = await made(clinic, "webhook-endpoints", **target)
    own = (await app.post(f"{clinic.path}/webhook-endpoints", json=target)).json()
    listed = (await app.get(f"{clinic.path}/webhook-endpoints")).json()["items"]
    assert [each["id"] for each in listed] == [own["id"]]
    path = f"{clinic.path}/webhook-endpoints/{of_staff['id']}"
    for answer in (
        await app.get(path),
        await app.get(f"{path}/deliveries"),
        await app.delete(path),
        await app.post(f"{path}/test"),
        await app.post(f"{path}/replay", json={}),
        await app.post(f"{path}/rotate-secret"),
        await app.patch(path, json={"enabled": False}, headers={"If-Match": "*"}),
    ):
        problem(answer, 404, "not-found")


async def test_an_app_does_not_outlive_its_keys_by_the_practices(
    clinic: Clinic, app: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    """The practice enables what the app made: it lives with the app's key still, and no more without."""
    target = {"url": "http://127.0.0.1:9/hook"}
    own = (await app.post(f"{clinic.path}/webhook-endpoints", json=target)).json()
    path, match = f"{clinic.path}/webhook-endpoints/{own['id']}", {"If-Match": "*"}
    async with clinic.client() as staff:
        await staff.patch(path, json={"enabled": False}, headers=match)
        enabled = (await staff.patch(path, json={"enabled": True}, headers=match)).json()
        assert (enabled["disabled_reason"], enabled["key_id"]) == (None, own["key_id"])
        assert (await operator.delete(f"/v1/keys/{own['key_id']}")).status_code == 204
        refused = problem(await staff.patch(path, json={"enabled": True}, headers=match), 403, "needs-a-key")
        assert "a key of the partner's" in str(refused["detail"])
        assert (await staff.get(path)).json()["disabled_reason"] == "key-ended"


async def test_an_apps_key_never_holds_more_than_an_app_needs(
    clinic: Clinic, operator: httpx.AsyncClient, partner: str
) -> None:
    for scope in ("agenda:read", "admin", "reminders:read", "keys:write", "practice:write"):
        body = {"practices": [str(clinic.practice)], "scopes": ["booking:read", scope], "partner_id": partner}
        answer = await operator.post("/v1/keys", json=body)
        problem(answer, 422, "invalid-request")
        assert answer.json()["errors"][0]["pointer"] == "/scopes"
        assert scope not in rules.SCOPES_OF_APPS


async def test_a_call_centres_key_acts_as_its_scopes_say(clinic: Clinic, operator: httpx.AsyncClient) -> None:
    body = {"name": "Allô Véto", "kind": "call-centre", **TERMS}
    centre = (await operator.post("/v1/partners", json=body)).json()["id"]
    grants = {"practices": [str(clinic.practice)], "scopes": ["agenda:read"], "partner_id": centre}
    key = (await operator.post("/v1/keys", json=grants)).json()["key"]
    async with clinic.front.client(key) as agent:
        assert (await agent.get(f"{clinic.path}/owners")).status_code == 200


async def test_a_key_of_no_partner_that_exists_is_not_made(
    clinic: Clinic, operator: httpx.AsyncClient
) -> None:
    body = {
        "practices": [str(clinic.practice)],
        "scopes": ["booking:read"],
        "partner_id": str(clinic.practice),
    }
    answer = await operator.post("/v1/keys", json=body)
    problem(answer, 404, "not-found")
    assert answer.json()["detail"].startswith("/partner_id")


async def test_connections_outlive_the_key(clinic: Clinic, app: httpx.AsyncClient) -> None:
    owner = await connected(clinic, app)
    await visits(clinic, owner)
    successor = (await app.post("/v1/keys/self/rotate", json={"overlap_hours": 0})).json()["key"]
    async with clinic.front.client(successor) as client:
        listed = (await client.get(f"{clinic.path}/connected-appointments")).json()["items"]
    assert [each["owner_id"] for each in listed] == [owner]


async def test_a_practice_makes_no_keys_of_a_partner(clinic: Clinic, partner: str) -> None:
    """It would act as the partner's app, and turn that one's webhooks elsewhere."""
    body = {"practices": [str(clinic.practice)], "scopes": ["booking:read"], "partner_id": partner}
    async with clinic.client() as staff:
        answer = await staff.post("/v1/keys", json=body)
        problem(answer, 403, "scope-missing")
        assert answer.json()["errors"][0]["pointer"] == "/partner_id"


async def test_an_app_reads_of_its_own_partner_alone(
    operator: httpx.AsyncClient, partner: str, app: httpx.AsyncClient
) -> None:
    other = (await operator.post("/v1/partners", json={"name": "other.pet", **TERMS})).json()["id"]
    assert (await app.get(f"/v1/partners/{partner}")).json()["name"] == "around.pet"
    problem(await app.get(f"/v1/partners/{other}"), 404, "not-found")
    problem(await app.get("/v1/partners"), 403, "not-for-apps")
