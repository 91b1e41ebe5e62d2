"""REM-10, PART-4: which browsers an owner is told in."""

import base64
import json
import socket
import stat
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from harness import House, eventually
from reminders.clinic import Clinic, furnished
from reminders.web_push.push_service import Browser
from sqlalchemy import text

from vetagenda_kit import public_resolver
from vetagenda_reminders.web_push.application_key import ApplicationKey
from vetagenda_reminders.web_push.commands import MOST


async def subscribe(clinic: Clinic, browser: Browser, **more: Any) -> httpx.Response:
    body = {"owner_id": clinic.owner} | browser.subscription | more
    return await clinic.reminders.post(f"{clinic.path}/push-subscriptions", json=body)


async def subscribed(clinic: Clinic, **filters: Any) -> list[dict[str, Any]]:
    answer = await clinic.reminders.get(f"{clinic.path}/push-subscriptions", params=filters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def a_browser() -> Browser:
    return Browser(f"http://localhost/{uuid4().hex}")


async def test_a_browser_subscribes_once(clinic: Clinic) -> None:
    browser = a_browser()
    first = await subscribe(clinic, browser)
    again = await subscribe(clinic, browser, locale="de-CH")
    assert (first.status_code, again.status_code) == (201, 200), first.text + again.text
    (one,) = await subscribed(clinic, owner_id=clinic.owner)
    assert (one["id"], one["locale"], one["version"]) == (first.json()["id"], "de-CH", 2)
    assert await subscribed(clinic, owner_id=str(uuid4())) == []


async def test_nobody_reads_address_or_keys(clinic: Clinic, capfd: pytest.CaptureFixture[str]) -> None:
    """Who has all three could write to the owner: they are in no answer, no event and no log."""
    browser = a_browser()
    made = await subscribe(clinic, browser)
    events = await clinic.events("reminders.push.subscribed")
    shown = made.text + json.dumps(await subscribed(clinic)) + json.dumps(events) + capfd.readouterr().err
    keys = browser.subscription["keys"]
    assert len(events) == 1
    assert not [part for part in (browser.endpoint[-20:], *keys.values()) if part in shown]
    assert made.json()["push_service"] == "localhost"


async def test_a_browser_is_taken_out(clinic: Clinic) -> None:
    made = (await subscribe(clinic, a_browser())).json()
    path = f"{clinic.path}/push-subscriptions/{made['id']}"
    assert (await clinic.reminders.delete(path)).status_code == 204
    assert (await clinic.reminders.delete(path)).status_code == 404
    assert await subscribed(clinic) == []
    (event,) = await clinic.events("reminders.push.unsubscribed")
    assert event["data"]["aggregate_id"] == made["id"]


async def test_only_owners_of_the_practice(clinic: Clinic, pushing_house: House) -> None:
    other = await furnished(pushing_house)
    assert (await subscribe(clinic, a_browser(), owner_id=other.owner)).status_code == 404
    made = (await subscribe(other, a_browser())).json()
    answer = await clinic.reminders.delete(f"{clinic.path}/push-subscriptions/{made['id']}")
    assert answer.status_code == 404
    assert len(await subscribed(other)) == 1
    await other.close()


async def test_a_browser_of_two_practices_is_two_subscriptions(clinic: Clinic, pushing_house: House) -> None:
    browser, other = a_browser(), await furnished(pushing_house)
    assert (await subscribe(clinic, browser)).status_code == 201
    assert (await subscribe(other, browser)).status_code == 201
    await other.close()


async def test_the_oldest_of_too_many_browsers_goes(clinic: Clinic) -> None:
    made = [(await subscribe(clinic, a_browser())).json()["id"] for _ in range(MOST + 1)]
    assert {one["id"] for one in await subscribed(clinic)} == set(made[1:])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"endpoint": "https://127.0.0.1/abc"}, "/endpoint"),
        ({"endpoint": "https://169.254.169.254/latest"}, "/endpoint"),
        ({"endpoint": "ftp://push.example.com/abc"}, "/endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": "A" * 22}}, "/keys/p256dh"),
        ({"keys": {"p256dh": "B" * 87, "auth": "A" * 22}}, "/keys/p256dh"),
        ({"keys": {"p256dh": "é", "auth": "A" * 22}}, "/keys/p256dh"),
        ({"locale": "../etc"}, "/locale"),
    ],
)
async def test_what_is_refused(clinic: Clinic, change: dict[str, Any], pointer: str) -> None:
    answer = await subscribe(clinic, a_browser(), **change)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert await subscribed(clinic) == []


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.8", "::1", "fd12::1"])
async def test_a_name_that_leads_inside_is_refused(
    clinic: Clinic, pushing_house: House, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """A public name in front of the platform's own network, among addresses that are fine."""
    service = pushing_house.services["reminders"]
    strict = service.settings.model_copy(update={"push_on_loopback": False})
    monkeypatch.setattr(service, "settings", strict)
    resolves_to(monkeypatch, "142.250.74.106", address)
    answer = await subscribe(clinic, a_browser(), endpoint="https://push.example.com/abc")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/endpoint"


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """What the machine's resolver says of every name: no name server is asked in a test."""

    class Loop:
        async def getaddrinfo(self, _host: str, port: int, **_hints: Any) -> list[Any]:
            kind = socket.SOCK_STREAM
            family = {one: socket.AF_INET6 if ":" in one else socket.AF_INET for one in addresses}
            return [(family[one], kind, 6, "", (one, port)) for one in addresses]

    class Asyncio:
        get_running_loop = staticmethod(Loop)

    monkeypatch.setattr(public_resolver, "asyncio", Asyncio)


async def test_a_public_name_is_taken(
    clinic: Clinic, pushing_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = pushing_house.services["reminders"]
    monkeypatch.setattr(service, "settings", service.settings.model_copy(update={"push_on_loopback": False}))
    resolves_to(monkeypatch, "142.250.74.106", "2a00:1450:4007:80c::200a")
    answer = await subscribe(clinic, a_browser(), endpoint="https://fcm.googleapis.com/fcm/send/abc")
    assert (answer.status_code, answer.json()["push_service"]) == (201, "fcm.googleapis.com")


async def test_the_key_is_the_platforms_and_stays(clinic: Clinic, pushing_house: House) -> None:
    """Made at the first start, readable by the platform's user only; a browser takes it as it is."""
    answer = await clinic.reminders.get(f"{clinic.path}/push-subscriptions/key")
    key = answer.json()["public_key"]
    point = base64.urlsafe_b64decode(key + "=")
    assert (len(point), point[0]) == (65, 4)
    file = pushing_house.keys_file.with_name("push-key.pem")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ApplicationKey.beside(pushing_house.keys_file).public == key
    assert [path.name for path in file.parent.glob("push-key*")] == ["push-key.pem"]


async def test_scopes(clinic: Clinic, pushing_house: House) -> None:
    reading = pushing_house.client("reminders", clinic.id, scopes=["reminders:read"], test=True)
    async with reading:
        path = f"{clinic.path}/push-subscriptions"
        answer = await reading.post(path, json={"owner_id": clinic.owner} | a_browser().subscription)
        assert answer.status_code == 403
        assert (await reading.get(f"{path}/key")).status_code == 200


async def test_forgotten_with_the_owner(clinic: Clinic, pushing_house: House) -> None:
    """Endpoint and keys are personal data: nothing of them is left."""
    await subscribe(clinic, a_browser())
    path = f"{clinic.path}/owners/{clinic.owner}"
    current = await clinic.agenda.get(path)
    answer = await clinic.agenda.delete(path, headers={"If-Match": current.headers["ETag"]})
    assert answer.status_code == 204, answer.text

    async def nothing_left() -> bool:
        async with pushing_house.services["reminders"].db.jobs_reading() as session:
            query = text("SELECT count(*) FROM push_subscription WHERE practice_id = :practice")
            return not await session.scalar(query, {"practice": UUID(str(clinic.id))})

    await eventually(nothing_left)
