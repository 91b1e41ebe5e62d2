"""REM-1, REM-5, PART-4: pushes in owners' browsers, against a real push service on loopback."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from harness import House
from py_vapid import Vapid02
from reminders.clinic import PUBLIC_URL, Clinic
from reminders.web_push.push_service import HANG_UP, Browser, PushService
from reminders.web_push.test_subscriptions import resolves_to, subscribe, subscribed
from sqlalchemy import text

from vetagenda_kit.clock import system_now
from vetagenda_kit.service import Service
from vetagenda_reminders.web_push import jobs

WEDNESDAY = "2026-11-25T10:00:00+01:00"
A_DAY_BEFORE = "2026-11-24T09:00:00+01:00"
AN_HOUR_BEFORE = "2026-11-25T09:00:00+01:00"


async def ready(clinic: Clinic, pushes: PushService, **more: Any) -> Browser:
    """Only pushes, and a browser that takes them."""
    await clinic.choose(confirmation=[], notices=[], reminders=[], push_lead_hours=[25, 1])
    browser = Browser(f"{pushes.origin}/{uuid4().hex}")
    answer = await subscribe(clinic, browser, **more)
    assert answer.status_code == 201, answer.text
    return browser


async def deliveries(house: House, clinic: Clinic) -> list[tuple[str, str | None, int]]:
    async with house.services["reminders"].db.jobs_reading() as session:
        query = text(
            "SELECT status, reason, attempts FROM push_delivery WHERE practice_id = :id ORDER BY reminder_id"
        )
        return [tuple(row) for row in await session.execute(query, {"id": clinic.id})]


async def after_the_pause(house: House, clinic: Clinic) -> None:
    """What waits to be tried again is tried now."""
    async with house.services["reminders"].db.jobs_writing() as session:
        over = text("UPDATE push_delivery SET leased_until = NULL WHERE practice_id = :id")
        await session.execute(over, {"id": clinic.id})
    await deliver(house)


async def deliver(house: House) -> None:
    await jobs.deliver_due(house.services["reminders"])


async def test_an_owner_reads_it(clinic: Clinic, pushes: PushService, pushing_house: House) -> None:
    """Only the browser can: title, sentence, link; the event for partners' apps is told as before."""
    browser = await ready(clinic, pushes)
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    (arrival,) = pushes.arrived
    (row,) = [row for row in await clinic.ledger() if row["rule"] == "push_25h"]
    said = browser.read(arrival)
    url = said.pop("url")
    assert said == {
        "title": "Clinique du Parc",
        "body": "Clinique du Parc, vous rappelle votre rendez-vous le 25/11/2026 à 10h00",
        "tag": row["id"],
        "lang": "fr",
    }
    assert url.startswith(f"{PUBLIC_URL}v1/links/")
    assert arrival.path == browser.endpoint.removeprefix(pushes.origin)
    assert b"Parc" not in arrival.body
    assert row["status"] == "sent"
    assert len(await clinic.events("reminders.push.due")) == 1
    assert await deliveries(pushing_house, clinic) == [("sent", None, 1)]


async def test_how_it_travels(clinic: Clinic, pushes: PushService) -> None:
    """RFC 8030: kept until the next push comes; urgent an hour before; a repeat replaces."""
    await ready(clinic, pushes)
    await clinic.book(WEDNESDAY)
    await clinic.until(AN_HOUR_BEFORE)
    (first, second) = (arrival.headers for arrival in pushes.arrived)
    rows = {row["rule"]: row["id"].replace("-", "") for row in await clinic.ledger()}
    assert (first["TTL"], first["Urgency"]) == (str(24 * 3600), "normal")
    assert (second["TTL"], second["Urgency"]) == (str(3600), "high")
    assert (first["Topic"], second["Topic"]) == (rows["push_25h"], rows["push_1h"])
    assert first["Content-Encoding"] == "aes128gcm"


async def test_who_sends(clinic: Clinic, pushes: PushService) -> None:
    """RFC 8292: signed by the key that the browser subscribed with, for this service, for half a day."""
    await ready(clinic, pushes)
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    header = pushes.arrived[0].headers["Authorization"]
    found = re.fullmatch(r"vapid t=([^.]+)\.([^.]+)\.([^.,]+),k=(\S+)", header)
    assert found
    claims = json.loads(base64.urlsafe_b64decode(found[2] + "=="))
    key = (await clinic.reminders.get(f"{clinic.path}/push-subscriptions/key")).json()["public_key"]
    left = datetime.fromtimestamp(claims["exp"], UTC) - system_now()
    assert found[4] == key
    assert EllipticCurvePublicKey.from_encoded_point(SECP256R1(), base64.urlsafe_b64decode(key + "="))
    assert Vapid02.verify(header)
    assert (claims["aud"], claims["sub"]) == (pushes.origin, "mailto:rappels@vetagenda.test")
    assert timedelta(hours=11) < left < timedelta(hours=24)


async def test_a_hidden_hour_stays_hidden(clinic: Clinic, pushes: PushService) -> None:
    """REM-5: the arrival window instead."""
    browser = await ready(clinic, pushes)
    await clinic.book("2026-11-25T10:40:00+01:00", appointment_type_id=clinic.surgery)
    await clinic.until("2026-11-25T10:40:00+01:00")
    read = [browser.read(arrival) for arrival in pushes.arrived]
    assert len(read) == 2
    assert not [
        said for said in read if re.search(r"10[h:]|40", re.sub(r"https?\S+|[0-9a-f-]{36}", "", str(said)))
    ]
    assert "25/11/2026, arrivée entre 08h00 et 09h00" in read[0]["body"]


@pytest.mark.parametrize(
    ("locale", "words"),
    [("de-CH", "erinnert Sie an Ihren Termin am 25.11.2026 um 10:00 Uhr"), (None, "votre rendez-vous")],
)
async def test_in_the_browsers_language(
    clinic: Clinic, pushes: PushService, locale: str | None, words: str
) -> None:
    browser = await ready(clinic, pushes, locale=locale)
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    assert words in browser.read(pushes.arrived[0])["body"]


async def test_every_browser_once(clinic: Clinic, pushes: PushService, pushing_house: House) -> None:
    """REM-1: at most once a row and browser, however often it is looked at."""
    first, second = await ready(clinic, pushes), Browser(f"{pushes.origin}/{uuid4().hex}")
    await subscribe(clinic, second)
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    await deliver(pushing_house)
    assert {pushes.origin + arrival.path for arrival in pushes.arrived} == {first.endpoint, second.endpoint}
    assert len(pushes.arrived) == 2


async def test_what_is_not_published_is_not_pushed(clinic: Clinic, pushes: PushService) -> None:
    """Web Push follows the row of the ledger, which partners' apps follow too."""
    await ready(clinic, pushes)
    await clinic.book(WEDNESDAY, published=False)
    await clinic.until(WEDNESDAY)
    assert pushes.arrived == []


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(
    clinic: Clinic, pushes: PushService, pushing_house: House, status: int
) -> None:
    await ready(clinic, pushes)
    pushes.answers.append(status)
    await clinic.book(WEDNESDAY)
    await clinic.until(AN_HOUR_BEFORE)
    assert len(pushes.arrived) == 1
    assert await subscribed(clinic) == []
    assert await deliveries(pushing_house, clinic) == [("gone", None, 1)]
    (event,) = await clinic.events("reminders.push.unsubscribed")
    actor = event["data"]["actor"]
    assert (actor["kind"], actor["id"]) == ("job", "reminders.web-push")
    assert len(await clinic.events("reminders.push.due")) == 2


@pytest.mark.parametrize("answer", [429, 500, 503, (503, {"Retry-After": "0"})])
async def test_a_service_that_is_busy_is_asked_again(
    clinic: Clinic, pushes: PushService, pushing_house: House, answer: Any
) -> None:
    """The event has been told meanwhile; it is the same message that comes later."""
    browser = await ready(clinic, pushes)
    pushes.answers.extend([answer, answer])
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    assert len(await clinic.events("reminders.push.due")) == 1
    await deliver(pushing_house)
    assert len(pushes.arrived) == 1
    for _ in range(3):
        await after_the_pause(pushing_house, clinic)
    read = [browser.read(arrival)["tag"] for arrival in pushes.arrived]
    assert (len(read), len(set(read))) == (3, 1)
    assert await deliveries(pushing_house, clinic) == [("sent", None, 3)]


async def test_it_waits_as_long_as_the_service_asks(
    clinic: Clinic, pushes: PushService, pushing_house: House
) -> None:
    await ready(clinic, pushes)
    pushes.answers.append((429, {"Retry-After": "3600"}))
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    assert (await deliveries(pushing_house, clinic), len(pushes.arrived)) == ([("planned", None, 1)], 1)
    async with pushing_house.services["reminders"].db.jobs_reading() as session:
        query = text("SELECT leased_until FROM push_delivery WHERE practice_id = :id")
        until = await session.scalar(query, {"id": clinic.id})
    assert until
    assert until - system_now() > timedelta(minutes=55)


async def test_what_is_over_is_not_pushed_any_more(
    clinic: Clinic, pushes: PushService, pushing_house: House
) -> None:
    """REM-4: no message about a past revision ever leaves, also when a push service was away."""
    await ready(clinic, pushes)
    pushes.answers.append(500)
    visit = await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    await clinic.act(visit, "cancel")
    await after_the_pause(pushing_house, clinic)
    assert await deliveries(pushing_house, clinic) == [("failed", "superseded", 1)]
    assert len(pushes.arrived) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(HANG_UP, "outcome_unknown"), (400, "refused"), (403, "refused"), (413, "refused")],
)
async def test_what_may_have_arrived_or_is_refused_is_not_repeated(
    clinic: Clinic, pushes: PushService, pushing_house: House, answer: Any, reason: str
) -> None:
    await ready(clinic, pushes)
    pushes.answers.append(answer)
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    await deliver(pushing_house)
    assert len(pushes.arrived) == 1
    assert await deliveries(pushing_house, clinic) == [("failed", reason, 1)]
    assert len(await subscribed(clinic)) == 1


async def test_a_redirect_is_not_followed(clinic: Clinic, pushes: PushService, pushing_house: House) -> None:
    """It could lead into the platform's own network."""
    await ready(clinic, pushes)
    pushes.answers.append((307, {"Location": f"{pushes.origin}/elsewhere"}))
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    assert len(pushes.arrived) == 1
    assert await deliveries(pushing_house, clinic) == [("failed", "refused", 1)]


async def test_a_service_that_cannot_be_reached_is_tried_again(
    clinic: Clinic, pushes: PushService, pushing_house: House
) -> None:
    await clinic.choose(confirmation=[], notices=[], reminders=[], push_lead_hours=[25])
    await subscribe(clinic, Browser("http://localhost:1/nobody-listens"))
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    assert await deliveries(pushing_house, clinic) == [("planned", None, 1)]


def without_loopback(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = service.settings.model_copy(update={"push_on_loopback": False})
    monkeypatch.setattr(service, "settings", strict)


async def test_a_name_that_has_changed_its_mind_is_refused_at_sending(
    clinic: Clinic, pushes: PushService, pushing_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It led to a public address when the browser subscribed, and inside when the message leaves."""
    await clinic.choose(confirmation=[], notices=[], reminders=[], push_lead_hours=[25])
    without_loopback(pushing_house.services["reminders"], monkeypatch)
    resolves_to(monkeypatch, "142.250.74.106")
    answer = await subscribe(clinic, Browser("https://push.example.com/abc"))
    assert answer.status_code == 201, answer.text
    resolves_to(monkeypatch, "127.0.0.1")
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    assert await deliveries(pushing_house, clinic) == [("failed", "forbidden_address", 1)]


async def test_a_crash_in_between_is_given_up(
    clinic: Clinic, pushes: PushService, pushing_house: House
) -> None:
    """REM-1: the intent was committed; nobody can tell whether it left."""
    await ready(clinic, pushes)
    pushes.answers.append((429, {"Retry-After": "3600"}))
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    async with pushing_house.services["reminders"].db.jobs_writing() as session:
        crashed = text(
            "UPDATE push_delivery SET status = 'sending', leased_until = leased_until - interval '2 hours'"
            " WHERE practice_id = :id"
        )
        await session.execute(crashed, {"id": clinic.id})
    await deliver(pushing_house)
    assert await deliveries(pushing_house, clinic) == [("failed", "outcome_unknown", 1)]
    assert len(pushes.arrived) == 1


async def test_another_owner_of_the_browser_is_told_nothing_of_the_first(
    clinic: Clinic, pushes: PushService, pushing_house: House
) -> None:
    browser = await ready(clinic, pushes)
    pushes.answers.extend([(429, {"Retry-After": "3600"})])
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    other = await clinic.make("owners", given_name="Paul", family_name="Autre", phone="06 12 34 56 68")
    assert (await subscribe(clinic, browser, owner_id=other["id"])).status_code == 200
    assert await deliveries(pushing_house, clinic) == []
    await clinic.until(AN_HOUR_BEFORE)
    assert len(pushes.arrived) == 1


async def test_the_timeline_says_what_became_of_it(clinic: Clinic, pushes: PushService) -> None:
    """REM-14: with codes only."""
    await ready(clinic, pushes)
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    (row,) = [row for row in await clinic.ledger() if row["rule"] == "push_25h"]
    answer = await clinic.reminders.get(f"{clinic.path}/reminders/{UUID(row['id'])}/timeline")
    steps = [(step["what"], step["reason"]) for step in answer.json()["items"]]
    assert steps[-2:] == [("sent", None), ("delivery", "web_push_sent")]
