"""PLAT-6: every exchange with Google counts for its practice, as Google itself counts."""

from urllib.parse import unquote

from calendar_sync.practice import Practice, at
from harness import eventually
from peers.google import Fault

KIND = "google-calendar"
MONTH = "2026-11"


async def counted(practice: Practice) -> dict[str, int]:
    found = await practice.house.outward("calendar-sync", practice.id, MONTH)
    return found.get(KIND, {})


def asked(practice: Practice) -> int:
    """Google's own count, but for the calendars that earlier tests linked, whose cycles go on."""
    own = f"/calendars/{practice.google.authorization.signed_in}"
    paths = [unquote(call.path) for call in practice.google.calls.entries]
    return sum(own in path or "/calendars/vet" not in path for path in paths)


async def as_google_says(practice: Practice) -> None:
    """As soon as no cycle is under way."""

    async def equal() -> bool:
        return (await counted(practice)).get("calls", 0) == asked(practice)

    await eventually(equal)


async def test_what_google_was_asked_is_what_is_counted(practice: Practice) -> None:
    """From the consent on, with its tokens, the channel and a visit."""
    assert await counted(practice) == {}
    await practice.connect()
    await practice.cycle()
    await practice.book(at("2026-11-25 10:00"))
    await practice.cycle()
    await as_google_says(practice)
    found = await counted(practice)
    assert practice.google.calls.by_method()["oauth.token"] == 1
    assert found["bytes_sent"] > 500
    assert found["bytes_received"] > 500
    assert "messages" not in found


async def test_a_cycle_that_changes_nothing_costs_what_google_answers(linked: Practice) -> None:
    before = await counted(linked)
    await linked.cycle()
    calls = asked(linked)
    after = await counted(linked)
    assert after["calls"] - before["calls"] == calls > 0
    assert after.get("failed") == before.get("failed")


async def test_tries_that_google_did_not_answer_are_failed_calls(linked: Practice) -> None:
    before = await counted(linked)
    await linked.book(at("2026-11-25 10:00"))
    linked.google.faults.add(Fault("events.insert", "dropped", times=2))
    await linked.cycle()
    after = await counted(linked)
    assert len(linked.phone.sees()) == 1
    assert after["failed"] - before.get("failed", 0) == 2
    assert after["calls"] - before["calls"] == asked(linked)
