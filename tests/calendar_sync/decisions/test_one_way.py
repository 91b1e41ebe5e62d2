"""SYNC-3, 4.8: one way means that no remote action changes a byte of the agenda, nor when it ends."""

from datetime import timedelta
from typing import Any

from calendar_sync.decisions.deciding import book_a_day, decide, flagged, patch_link, waiting
from calendar_sync.practice import Practice, at
from sqlalchemy import text

LENGTH = timedelta(minutes=20)


async def agenda_bytes(practice: Practice) -> dict[str, Any]:
    """Every row of every table of the agenda that belongs to the practice, as a digest."""
    tables = text(
        "SELECT table_name FROM information_schema.columns"
        " WHERE column_name = 'practice_id' AND table_schema = current_schema() ORDER BY 1"
    )
    async with practice.house.services["agenda"].db.jobs_reading() as session:
        digest = "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} t WHERE practice_id = :id"
        return {
            table: await session.scalar(text(digest.format(table)), {"id": practice.id})
            for table in (await session.scalars(tables)).all()
        }


async def one_way(practice: Practice, count: int = 2) -> list[str]:
    await practice.connect(mode="agenda_to_remote")
    ids = await book_a_day(practice, count)
    await practice.settle()
    return ids


async def test_no_remote_action_changes_a_byte_of_the_agenda(practice: Practice) -> None:
    """SYNC-3, I7."""
    await one_way(practice, 8)
    before, phone = await agenda_bytes(practice), practice.phone
    assert before["appointment"]
    events = [event["id"] for event in phone.sees()]
    phone.move(events[0], timedelta(hours=1))
    phone.edit(events[1], summary="CHIRURGIE $ 06 12 34 56 67", location="ailleurs", description="rien")
    for id in events[2:]:
        phone.delete(id)
    phone.type("PRIVÉ $ 06 12 34 56 67", at("2026-11-25 19:00"), LENGTH)
    phone.type_all_day("CONGÉ", "2026-11-30", "2026-12-05")
    phone.type("RÉUNION", at("2026-11-27 12:00"), LENGTH, recurrence=["RRULE:FREQ=WEEKLY;COUNT=5"])
    await practice.cycle()
    practice.google.calendar("primary").expire_tokens()
    await practice.cycle()
    await practice.settle()
    assert await agenda_bytes(practice) == before
    titles = [each["summary"] for each in phone.sees() if "dateTime" in each["start"]]
    ours = [f"N{hour}" for hour in range(10, 18)]
    assert sorted(titles) == sorted([*ours, "PRIVÉ $ 06 12 34 56 67", "RÉUNION"])


async def test_drift_is_undone_three_times_and_then_told_of(practice: Practice) -> None:
    """4.8: at most three times an event in 24 hours; a change of ours goes out all the same."""
    (id,) = await one_way(practice, 1)
    (event,) = practice.phone.sees()
    for _ in range(3):
        practice.phone.edit(event["id"], summary="À MOI")
        await practice.cycle()
        assert practice.phone.sees()[0]["summary"] == "N10"
    practice.phone.edit(event["id"], summary="À MOI")
    link = await practice.cycle()
    assert practice.phone.sees()[0]["summary"] == "À MOI"
    assert link["flags"] == {"drift": 1}
    (row,) = await flagged(practice)
    assert (row["appointment_id"], row["flag"], row["remote"]["title"]) == (id, "drift", "À MOI")
    assert row["next_try_at"] is not None
    await practice.edit(id, title="NOUVEAU")
    await practice.settle()
    link = await practice.cycle()
    assert (practice.phone.sees()[0]["summary"], link["flags"]) == ("NOUVEAU", {})


async def test_an_event_that_is_deleted_again_and_again_stays_deleted_for_a_day(practice: Practice) -> None:
    """4.8: a deletion is drift as well."""
    await one_way(practice, 1)
    for _ in range(3):
        practice.phone.delete(practice.phone.sees()[0]["id"])
        await practice.cycle()
        assert [each["summary"] for each in practice.phone.sees()] == ["N10"]
    practice.phone.delete(practice.phone.sees()[0]["id"])
    assert (await practice.cycle())["flags"] == {"drift": 1}
    assert practice.phone.sees() == []


async def test_two_ways_again_drift_is_undone_and_what_was_typed_is_offered(practice: Practice) -> None:
    """4.8: neither what drifted before the switch nor what was typed is imported silently."""
    moved, renamed = await one_way(practice)
    first, second = practice.phone.sees()
    practice.phone.type("PRIVÉ", at("2026-11-25 18:00"), LENGTH)
    practice.phone.type("VACCIN $ 06 12 34 56 67", at("2026-11-25 19:00"), LENGTH)
    await practice.cycle()
    practice.phone.move(first["id"], timedelta(hours=1))
    practice.phone.edit(second["id"], summary="DÉRIVÉ")
    practice.phone.type("JUSTE AVANT", at("2026-11-25 20:00"), LENGTH)
    await patch_link(practice, mode="two_way")
    link = await practice.cycle()
    assert (link["state"], link["mode"], link["flags"]) == ("active", "two_way", {"held-import": 3})
    assert (await practice.read(moved))["start"] == "2026-11-25T09:00:00Z"
    assert (await practice.read(renamed))["title"] == "N11"
    assert [each["summary"] for each in practice.phone.sees()] == (
        ["N10", "N11", "PRIVÉ", "VACCIN $ 06 12 34 56 67", "JUSTE AVANT"]
    )
    offered = await waiting(practice, "import")
    rows = {row["remote"]["title"]: row["id"] for row in offered["rows"]}
    assert (offered["counts"], len(rows)) == ({"import": 3}, 3)
    await decide(practice, "import", accept=True, rows=[rows["VACCIN $ 06 12 34 56 67"]])
    await decide(practice, "import", accept=False)
    taken = [(each["title"], each["phone"]) for each in await practice.appointments()]
    assert taken == [("N10", None), ("N11", None), ("VACCIN", "+33612345667")]
    practice.phone.edit(practice.phone.find("PRIVÉ")["id"], summary="TOUJOURS PRIVÉ")
    practice.phone.type("MAINTENANT", at("2026-11-26 10:00"), LENGTH)
    practice.phone.edit(first["id"], summary="RENOMMÉ")
    link = await practice.cycle()
    assert [each["title"] for each in await practice.appointments()] == (
        ["RENOMMÉ", "N11", "VACCIN", "MAINTENANT"]
    )
    assert link["flags"] == {}
