"""4.9, 4.10: a notification means "sync now" and nothing else; whoever forges one learns and does nothing."""

from datetime import timedelta

import httpx
import pytest
from calendar_sync.practice import Practice, at
from harness import eventually
from peers.google import Fault, Notification
from sqlalchemy import text

from vetagenda_calendar_sync.google.farewells import say_farewells

LENGTH = timedelta(minutes=20)


@pytest.fixture
async def watched(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Practice:
    """A link whose platform Google can reach."""
    service = practice.house.services["calendar-sync"]
    changed = {"google_notifications_url": "https://platform.example"}
    monkeypatch.setattr(service, "settings", service.settings.model_copy(update=changed))
    practice.google.channels.open.clear()
    practice.google.channels.told.clear()
    await practice.connect()
    await practice.cycle()
    practice.google.calls.clear()
    return practice


async def deliver(practice: Practice, notification: Notification, **other: str) -> httpx.Response:
    transport = practice.house.transports["calendar-sync"]
    path = notification.address.removeprefix("https://platform.example")
    async with httpx.AsyncClient(base_url="http://platform", transport=transport) as google:
        return await google.post(path, headers=notification.headers | other)


async def cycles(practice: Practice) -> int:
    return int((await practice.state())["last_cycle"])


async def test_a_change_is_seen_at_once(watched: Practice) -> None:
    """Nobody asks for the cycle here: the notification does."""
    before = await cycles(watched)
    watched.phone.type("VACCIN", at("2026-11-26 15:00"), LENGTH)
    for notification in watched.google.channels.told:
        assert (await deliver(watched, notification)).status_code == 204

    async def ran() -> bool:
        return await cycles(watched) > before

    await eventually(ran)
    assert len(await watched.appointments()) == 1
    assert await cycles(watched) == before + 1


async def test_any_number_of_notifications_are_one_cycle(watched: Practice) -> None:
    before = await cycles(watched)
    (sync,) = watched.google.channels.told
    for _ in range(20):
        await deliver(watched, sync, **{"X-Goog-Resource-State": "exists"})

    async def ran() -> bool:
        return await cycles(watched) > before

    await eventually(ran)
    assert await cycles(watched) == before + 1


async def test_who_forges_one_does_nothing_and_learns_nothing(watched: Practice) -> None:
    """4.10: unknown channel, wrong token, none at all: the same empty answer."""
    (sync,) = watched.google.channels.told
    exists = {"X-Goog-Resource-State": "exists"}
    answers = [
        await deliver(watched, sync, **exists, **{"X-Goog-Channel-Token": "guessed"}),
        await deliver(watched, sync, **exists, **{"X-Goog-Channel-ID": "not-an-id"}),
        await deliver(watched, Notification(sync.address, exists)),
        await deliver(watched, sync, **exists, **{"X-Goog-Channel-Token": ""}),
    ]
    assert {(each.status_code, each.content) for each in answers} == {(204, b"")}
    async with watched.house.services["calendar-sync"].db.jobs_reading() as session:
        query = text("SELECT count(*) FROM google_channel WHERE practice_id = :id AND wanted_at IS NOT NULL")
        assert await session.scalar(query, {"id": watched.id}) == 0
        digest = text("SELECT token_digest FROM google_channel WHERE practice_id = :id")
        kept = await session.scalar(digest, {"id": watched.id})
    assert sync.headers["X-Goog-Channel-Token"].encode() not in kept


async def test_a_channel_is_renewed_before_it_ends_and_the_old_one_stopped(watched: Practice) -> None:
    (first,) = watched.google.channels.open
    await watched.cycle()
    assert watched.google.calls.by_method() == {"events.list": 1}
    async with watched.house.services["calendar-sync"].db.jobs_writing() as session:
        await session.execute(text("UPDATE google_channel SET renew_at = now()"))
    await watched.cycle()
    (second,) = watched.google.channels.open
    assert second != first
    assert first in watched.google.channels.stopped


async def test_the_channel_ends_with_the_link(watched: Practice) -> None:
    (channel,) = watched.google.channels.open
    await watched.sync.delete(f"{watched.path}/calendar-links/{watched.link}")
    service = watched.house.services["calendar-sync"]
    await watched.outlive_the_access()

    async def stopped() -> bool:
        await say_farewells(service)
        return channel in watched.google.channels.stopped

    await eventually(stopped)


async def test_without_a_channel_the_link_is_well(watched: Practice) -> None:
    """The poll stays, and a channel is not asked for at every cycle."""
    async with watched.house.services["calendar-sync"].db.jobs_writing() as session:
        await session.execute(text("DELETE FROM google_channel"))
    watched.google.faults.add(
        Fault("events.watch", status=400, reason="push.notSupportedForRequestedResource")
    )
    for _ in range(3):
        assert (await watched.cycle())["state"] == "active"
    assert watched.google.calls.count("events.watch") == 1
