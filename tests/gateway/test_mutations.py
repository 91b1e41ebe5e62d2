"""Every change of a record is told once, by the documented type, in the practice's feed (PART-9, R20)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from gateway.conftest import Front, front
from gateway.populated import Populated, populate
from gateway.walking import OPEN, SERVICES, app_of, practice_of
from harness import eventually

# Collection, service, noun of its events, a change that it takes. Children come before what they refer to.
RECORDS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("closures", "agenda", "closure", {"reason": "works"}),
    ("absences", "agenda", "absence", {"reason": "training"}),
    ("animals", "agenda", "animal", {"breed": "Braque"}),
    ("owners", "agenda", "owner", {"locale": "de"}),
    ("appointment-types", "agenda", "appointment-type", {"duration_minutes": 30}),
    ("calendars", "agenda", "calendar", {"colour": "#00ff00"}),
    ("calendar-feeds", "calendar-sync", "feed", {"privacy": "busy"}),
    ("visits", "reminders", "visit", {"visited_on": "2026-01-05"}),
    ("products", "reminders", "product", {"family": "wormer"}),
    ("acts", "reminders", "act", {"without_offered": True}),
    ("reminder-rules", "reminders", "rule", {"days_before": 3}),
    ("templates", "reminders", "template", {"category": "vaccine"}),
]


@pytest.fixture(scope="module")
async def clinic(
    tmp_path_factory: pytest.TempPathFactory, nats_url: str
) -> AsyncIterator[tuple[Front, Populated]]:
    async with front(tmp_path_factory.mktemp("mutations"), *SERVICES, nats_url=nats_url, **OPEN) as running:
        practice = await practice_of(running, "Clinique")
        async with running.client(await running.key(practice)) as client, app_of(running, practice) as app:
            yield running, await populate(client, practice, "Milou", app)


async def told(there: Populated, subject: str, count: int) -> list[dict[str, Any]]:
    """The feed's events about one thing, as soon as there are so many."""

    async def enough() -> list[dict[str, Any]] | None:
        found = [e for e in (await there.get("events", limit=1000))["items"] if e["subject"] == subject]
        return found if len(found) >= count else None

    found: list[dict[str, Any]] = await eventually(enough)
    return found


@pytest.mark.parametrize(
    ("collection", "service", "noun", "change"), RECORDS, ids=[each[0] for each in RECORDS]
)
async def test_a_change_and_a_deletion_are_each_told_once(
    clinic: tuple[Front, Populated], collection: str, service: str, noun: str, change: dict[str, Any]
) -> None:
    _, there = clinic
    identifier = there.ids[collection]
    target, unconditional = f"{there.path}/{collection}/{identifier}", {"If-Match": "*"}
    changed = await there.client.patch(target, json=change, headers=unconditional)
    assert changed.status_code == 200, changed.text
    deleted = await there.client.delete(target, headers=unconditional)
    expected = [f"{service}.{noun}.{what}" for what in ("created", "updated")]
    if deleted.status_code != 409:  # what is still referred to may refuse to go
        assert deleted.status_code == 204, deleted.text
        expected.append(f"{service}.{noun}.deleted")
    found = await told(there, identifier, len(expected))
    assert [event["type"] for event in found] == expected
    versions = [event["data"]["version"] for event in found]
    assert versions == sorted(set(versions))
    assert {event["data"]["actor"]["kind"] for event in found} == {"api_key"}


async def test_an_acknowledged_update_is_told(clinic: tuple[Front, Populated]) -> None:
    _, there = clinic
    answer = await there.client.post(f"{there.path}/updates/{there.ids['updates']}/acknowledge")
    assert answer.status_code == 200, answer.text

    async def acknowledged() -> list[str]:
        events = (await there.get("events", limit=1000))["items"]
        return [event["id"] for event in events if event["type"] == "agenda.update.acknowledged"]

    assert len(await eventually(acknowledged)) == 1
