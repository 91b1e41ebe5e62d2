"""SYNC-6, 4.8: after a restored backup nothing is written on either side before somebody has decided."""

import json
from datetime import timedelta
from typing import Any

import pytest
from calendar_sync.decisions.deciding import book_a_day, decide, told, waiting
from calendar_sync.practice import Practice, at
from sqlalchemy import text

MEMORY = ("calendar_link", "sync_event", "sync_base")
HELD = ("appointment", "occupancy")
LENGTH = timedelta(minutes=20)
COLUMNS = text(
    "SELECT column_name FROM information_schema.columns"
    " WHERE table_name = :table AND table_schema = current_schema() AND is_generated = 'NEVER'"
)


async def dumped(practice: Practice, service: str, tables: tuple[str, ...]) -> dict[str, list[Any]]:
    """The practice's rows, as a backup holds them."""
    async with practice.house.services[service].db.jobs_reading() as session:
        found: dict[str, list[Any]] = {}
        for table in tables:
            query = text(f"SELECT to_jsonb(t) FROM {table} t WHERE practice_id = :practice")
            found[table] = list((await session.scalars(query, {"practice": practice.id})).all())
    return found


async def restored(practice: Practice, service: str, backup: dict[str, list[Any]]) -> None:
    """As `make restore` does it: the rows of the backup and no others; the agenda's epoch changes with it."""
    async with practice.house.services[service].db.jobs_writing() as session:
        for table in reversed(backup):
            await session.execute(
                text(f"DELETE FROM {table} WHERE practice_id = :practice"), {"practice": practice.id}
            )
        for table, rows in backup.items():
            names = await session.scalars(COLUMNS, {"table": table})
            written = ", ".join(f'"{name}"' for name in names)
            values = f"SELECT {written} FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
            await session.execute(
                text(f"INSERT INTO {table} ({written}) {values}"), {"rows": json.dumps(rows)}
            )


async def new_epoch(practice: Practice) -> None:
    """The platform restores everything at once; here the status table is told of it for one link."""
    async with practice.house.services["calendar-sync"].db.jobs_writing() as session:
        forget = "UPDATE calendar_link SET agenda_epoch = gen_random_uuid() WHERE id = :id"
        await session.execute(text(forget), {"id": practice.link})


async def an_old_agenda(practice: Practice) -> None:
    """Booked: KEPT, EDITED, CANCELLED. The backup is taken. Since then EDITED was renamed, CANCELLED was
    cancelled, LATER and TYPED were made; all of it reached Google. Then the backup is restored."""
    await practice.book(at("2026-11-25 10:00"), title="KEPT")
    edited = await practice.book(at("2026-11-25 11:00"), title="OLD NAME")
    cancelled = await practice.book(at("2026-11-25 12:00"), title="CANCELLED")
    await practice.cycle()
    backup = await dumped(practice, "agenda", HELD)
    await practice.edit(edited["id"], title="NEW NAME")
    await practice.edit(edited["id"], notes="deux fois changé")
    await practice.act(cancelled["id"], "cancel", by="owner")
    await practice.book(at("2026-11-25 13:00"), title="LATER", notes="après")
    practice.phone.type("TYPED $ 06 12 34 56 67", at("2026-11-25 14:00"), LENGTH)
    await practice.cycle()
    await restored(practice, "agenda", backup)
    await new_epoch(practice)


async def titles(practice: Practice) -> list[str]:
    return [each["title"] for each in await practice.appointments()]


async def test_a_dry_run_shows_what_would_become_of_each(linked: Practice) -> None:
    await an_old_agenda(linked)
    events = linked.phone.sees()
    linked.google.calls.clear()
    link = await linked.cycle()
    assert (link["state"], link["state_reason"]) == ("needs_rebase", "agenda-restored: 4")
    assert (await linked.cycle())["state"] == "needs_rebase"
    shown = await waiting(linked, "rebase")
    assert shown["counts"] == {"recreate": 2, "cancel": 1, "differing": 1}
    by_title = {(row["remote"] or row["agenda"])["title"]: row for row in shown["rows"]}
    assert by_title["NEW NAME"]["agenda"]["title"] == "OLD NAME"
    assert (by_title["LATER"]["what"], by_title["LATER"]["agenda"]) == ("recreate", None)
    assert (by_title["CANCELLED"]["what"], by_title["CANCELLED"]["remote"]) == ("cancel", None)
    assert linked.phone.sees() == events
    assert linked.google.calls.writes == 0
    assert await titles(linked) == ["KEPT", "OLD NAME", "CANCELLED"]
    assert [each["count"] for each in await told(linked, "decision.requested")] == [4]


async def test_the_remote_side_gives_back_what_the_backup_lacks(linked: Practice) -> None:
    """SYNC-6: appointments made after the backup are recovered."""
    await an_old_agenda(linked)
    await linked.cycle()
    assert (await decide(linked, "rebase", choice="remote_wins"))["state"] == "active"
    assert await titles(linked) == ["KEPT", "NEW NAME", "LATER", "TYPED"]
    later, typed = (await linked.appointments())[2:]
    assert (later["notes"], later["owner_name"], later["needs_completion"]) == ("après", "Plutôt", True)
    assert typed["phone"] == "+33612345667"
    assert [each["summary"] for each in linked.phone.sees()] == ["KEPT", "NEW NAME", "LATER", "TYPED"]
    await check_at_rest(linked)


async def test_the_agenda_wins(linked: Practice) -> None:
    await an_old_agenda(linked)
    await linked.cycle()
    assert (await decide(linked, "rebase", choice="agenda_wins"))["state"] == "active"
    assert await titles(linked) == ["KEPT", "OLD NAME", "CANCELLED"]
    assert [each["summary"] for each in linked.phone.sees()] == ["KEPT", "OLD NAME", "CANCELLED"]
    lost = {each["lost"] for each in await linked.conflicts() if each["field"] == "title"}
    assert lost == {"NEW NAME", "LATER", "TYPED"}
    await check_at_rest(linked)


async def test_event_by_event(linked: Practice) -> None:
    await an_old_agenda(linked)
    await linked.cycle()
    rows = (await waiting(linked, "rebase"))["rows"]
    recreate = [row["id"] for row in rows if row["what"] == "recreate"]
    link = await decide(linked, "rebase", choice="remote_wins", rows=recreate)
    assert (link["state"], link["state_reason"]) == ("needs_rebase", "agenda-restored: 2")
    assert await titles(linked) == ["KEPT", "OLD NAME", "CANCELLED"]
    assert (await decide(linked, "rebase", choice="agenda_wins"))["state"] == "active"
    assert await titles(linked) == ["KEPT", "OLD NAME", "CANCELLED", "LATER", "TYPED"]
    await check_at_rest(linked)


async def test_where_nothing_differs_it_still_waits_for_a_word(linked: Practice) -> None:
    """SYNC-6: the first cycle after a restore needs approval."""
    await book_a_day(linked, 2)
    await new_epoch(linked)
    link = await linked.cycle()
    assert (link["state"], link["state_reason"]) == ("needs_rebase", "agenda-restored: 0")
    await linked.book(at("2026-11-26 10:00"), title="NEW")
    await linked.cycle()
    assert len(linked.phone.sees()) == 2
    assert (await decide(linked, "rebase", choice="agenda_wins"))["state"] == "active"
    assert len(linked.phone.sees()) == 3


async def test_the_links_own_memory_may_be_that_of_a_backup(linked: Practice) -> None:
    """SYNC-7: cursor and bases older than both sides; nothing doubled, nothing lost, no false conflict."""
    kept, moved, gone, back = await book_a_day(linked, 4)
    backup = await dumped(linked, "calendar-sync", MEMORY)
    await linked.edit(moved, title="RENOMMÉ")
    await linked.act(gone, "cancel", by="owner")
    events = {event["summary"]: event["id"] for event in linked.phone.sees()}
    linked.phone.delete(events["N13"])
    await linked.edit(back, notes="reste")  # an edit beats the deletion: the event comes in a later life
    await linked.book(at("2026-11-26 10:00"), title="NEW")
    linked.phone.type("TYPED", at("2026-11-26 11:00"), LENGTH)
    linked.phone.edit(events["N10"], summary="DU TÉLÉPHONE")
    await linked.cycle()
    appointments, seen = await linked.appointments(), linked.phone.sees()
    await restored(linked, "calendar-sync", backup)
    await linked.cycle()
    await linked.cycle()
    assert linked.phone.sees() == seen
    assert await linked.appointments() == appointments
    assert await linked.conflicts() == []
    assert kept in [each["id"] for each in appointments]
    await check_at_rest(linked)


async def check_at_rest(practice: Practice) -> None:
    await practice.cycle()
    practice.google.calls.clear()
    await practice.cycle()
    assert practice.google.calls.by_method() == {"events.list": 1}


@pytest.mark.parametrize("choice", ["agenda_wins", "remote_wins"])
async def test_what_is_typed_while_the_link_asks_is_no_matter_of_the_backup(
    linked: Practice, choice: str
) -> None:
    """No agenda ever had it: whoever wins, it is taken in afterwards."""
    await an_old_agenda(linked)
    await linked.cycle()
    linked.phone.type("PENDANT", at("2026-11-26 10:00"), LENGTH)
    assert (await linked.cycle())["state_reason"] == "agenda-restored: 4"
    assert "PENDANT" not in await titles(linked)
    assert (await decide(linked, "rebase", choice=choice))["state"] == "active"
    assert "PENDANT" in await titles(linked)
    assert "PENDANT" in [event["summary"] for event in linked.phone.sees()]


async def test_the_number_comes_back_with_the_appointment(linked: Practice) -> None:
    """It stands nowhere but in the event: an appointment without it could not be called off."""
    await an_old_agenda(linked)
    await linked.cycle()
    assert (await decide(linked, "rebase", choice="remote_wins"))["state"] == "active"
    phones = {each["title"]: each["phone"] for each in await linked.appointments()}
    assert phones["TYPED"] == "+33612345667"
    assert "Téléphone : +33612345667" in linked.phone.find("TYPED")["description"]


@pytest.mark.parametrize("choice", ["agenda_wins", "remote_wins"])
async def test_what_is_private_stays_so_after_a_restore(linked: Practice, choice: str) -> None:
    """Typed and taken in as busy, or made private later: its words are nobody's, and stay on the phone."""
    await book_a_day(linked, 1)
    backup = await dumped(linked, "agenda", HELD)
    memory = await dumped(linked, "calendar-sync", MEMORY)
    linked.phone.type("SECRET", at("2026-11-26 10:00"), LENGTH, visibility="private", description="à moi")
    linked.phone.type("PLUS TARD", at("2026-11-26 11:00"), LENGTH)
    await linked.cycle()
    linked.phone.edit(linked.phone.find("PLUS TARD")["id"], visibility="private")
    await linked.cycle()
    shown = [(event["summary"], event.get("description", "")) for event in linked.phone.sees()]
    await restored(linked, "calendar-sync", memory)
    await restored(linked, "agenda", backup)
    await new_epoch(linked)
    assert (await linked.cycle())["state"] == "needs_rebase"
    assert (await decide(linked, "rebase", choice=choice))["state"] == "active"
    assert [event["summary"] for event in linked.phone.sees()] == [summary for summary, _ in shown]
    assert linked.phone.find("SECRET")["description"] == "à moi"
    assert "SECRET" not in await titles(linked)
    assert "PLUS TARD" not in await titles(linked)
    assert len(await linked.appointments()) == 3, "whoever wins, the time of a private event is busy"


@pytest.mark.parametrize("choice", ["agenda_wins", "remote_wins"])
async def test_a_number_that_only_the_event_remembers_is_asked_about(linked: Practice, choice: str) -> None:
    """It was written into the appointment after the backup, and nothing else was."""
    booked = await linked.book(at("2026-11-25 10:00"), title="SEUL", owner_id=None, animal_ids=[])
    await linked.cycle()
    backup = await dumped(linked, "agenda", HELD)
    memory = await dumped(linked, "calendar-sync", MEMORY)
    await linked.edit(booked["id"], phone="+33699112233")
    await linked.cycle()
    await restored(linked, "calendar-sync", memory)
    await restored(linked, "agenda", backup)
    await new_epoch(linked)
    await linked.cycle()
    (row,) = (await waiting(linked, "rebase"))["rows"]
    assert row["what"] == "differing"
    assert row["differences"] == [{"field": "phone", "remote": "+33699112233", "agenda": ""}]
    await decide(linked, "rebase", choice=choice)
    phone = (await linked.read(booked["id"]))["phone"]
    assert phone == ("+33699112233" if choice == "remote_wins" else None)
    if choice == "agenda_wins":
        assert [each["lost"] for each in await linked.conflicts()] == ["+33699112233"]
    await check_at_rest(linked)


async def test_an_owners_own_number_is_none_of_the_appointments(linked: Practice) -> None:
    """The block tells it where the appointment has none; it comes from the record."""
    backup, memory = await dumped(linked, "agenda", HELD), await dumped(linked, "calendar-sync", MEMORY)
    await linked.book(at("2026-11-25 10:00"), title="KEPT")
    await linked.cycle()
    assert "Téléphone : " in linked.phone.find("KEPT")["description"]
    later = await dumped(linked, "agenda", HELD)
    await restored(linked, "calendar-sync", memory)
    await restored(linked, "agenda", later)
    await new_epoch(linked)
    await linked.cycle()
    assert (await waiting(linked, "rebase"))["rows"] == []
    assert backup["appointment"] == []


async def test_what_the_agenda_deletes_when_it_wins_can_be_read(linked: Practice) -> None:
    await an_old_agenda(linked)
    linked.phone.edit(linked.phone.find("TYPED")["id"], description="aussi ceci")
    await linked.cycle()
    await decide(linked, "rebase", choice="agenda_wins")
    lost = {each["field"]: each["lost"] for each in await linked.conflicts() if "TYPED" in str(each["lost"])}
    assert lost == {"title": "TYPED"}
    everything = [each["lost"] for each in await linked.conflicts()]
    assert "aussi ceci" in everything
    assert "+33612345667" in everything
