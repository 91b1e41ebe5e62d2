"""PLAT-6: every exchange with a CalDAV server counts for its practice, as it passes on the way there."""

from calendar_sync.caldav.practice import DavPractice
from calendar_sync.practice import at
from peers.google import Fault

ON_BOTH = True


async def counted(practice: DavPractice) -> dict[str, int]:
    found = await practice.house.outward("calendar-sync", practice.id, "2026-11")
    return found.get("caldav", {})


def passed(practice: DavPractice) -> int:
    """Calls on the way but those of calendars that earlier tests linked, whose cycles go on."""
    own, others = practice.dav.path, practice.dav.path.rpartition("agenda")[0] + "agenda"
    calls = practice.dav.calls.entries
    return sum(call.path.startswith(own) or not call.path.startswith(others) for call in calls)


async def test_what_passes_on_the_way_is_what_is_counted(practice: DavPractice) -> None:
    """From the search for calendars on."""
    link = (await practice.link_to(practice.vet, provider="caldav"))["id"]
    practice.link = link
    found = await practice.caldav(link, "calendars", server=practice.dav.url)
    assert found.status_code == 200, found.text
    assert (await practice.consent(link)).status_code == 200
    await practice.cycle()
    await practice.book(at("2026-11-25 10:00"))
    await practice.cycle()
    numbers = await counted(practice)
    assert numbers["calls"] == passed(practice)
    assert numbers["bytes_sent"] > 500
    assert numbers["bytes_received"] > 500


async def test_tries_that_nobody_answered_are_failed_calls(linked: DavPractice) -> None:
    before = await counted(linked)
    await linked.book(at("2026-11-25 10:00"))
    linked.dav.faults.add(Fault("events.insert", "dropped", times=2))
    await linked.cycle()
    after = await counted(linked)
    assert len(linked.phone.sees()) == 1
    assert after["failed"] - before.get("failed", 0) == 2
    assert after["calls"] - before["calls"] == passed(linked)
