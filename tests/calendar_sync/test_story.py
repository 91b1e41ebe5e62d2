"""SYNC-2..7 as people see them: the agenda on one side, a phone with Google Calendar on the other."""

from datetime import timedelta

from calendar_sync.practice import Practice, at

BLOCK = """à jeun

--- vetagenda (lecture seule) ---
Téléphone : 0612345678
Animal : Milou (chien)
Motif : VACCINATION
Statut : confirmé
--- fin vetagenda ---"""


async def test_an_appointment_appears_in_google(practice: Practice) -> None:
    """SYNC-4."""
    await practice.book(at("2026-11-25 10:00"))
    await practice.connect()
    link = await practice.cycle()
    (event,) = practice.phone.sees()
    assert (event["summary"], event["location"]) == ("VACCIN", "Plutôt")
    assert event["description"] == BLOCK
    assert event["start"] == {"dateTime": "2026-11-25T10:00:00+01:00", "timeZone": "Europe/Paris"}
    assert event["end"]["dateTime"] == "2026-11-25T10:20:00+01:00"
    assert "colorId" not in event
    assert "attendees" not in event
    assert (link["state"], link["health"]) == ("active", "ok")


async def test_fifty_idle_cycles_are_one_request_each_and_no_write(linked: Practice) -> None:
    """SYNC-7, R16."""
    await linked.book(at("2026-11-25 10:00"))
    linked.phone.type("VACCIN $ 06 12 34 56 67", at("2026-11-25 11:00"), timedelta(minutes=30))
    await linked.cycle()
    before = await linked.appointments()
    linked.google.calls.clear()
    for _ in range(50):
        await linked.cycle()
    assert linked.google.calls.by_method() == {
        "events.list": 50
    }  # not one more, no refresh of a token either
    assert await linked.appointments() == before
    told = [each["type"] for each in await linked.house.events("calendar-sync", linked.id)]
    assert told.count("calendar-sync.cycle.completed") == 1


async def test_the_vet_moves_it_in_google(linked: Practice) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.move(event["id"], timedelta(hours=1))
    await linked.cycle()
    moved = await linked.read(booked["id"])
    assert moved["start"] == "2026-11-25T10:00:00Z"
    assert moved["end"] == "2026-11-25T10:20:00Z"
    assert (moved["uid"], moved["sequence"]) == (booked["uid"], booked["sequence"] + 1)


async def test_an_event_typed_on_the_phone_is_an_appointment_to_complete(linked: Practice) -> None:
    """SYNC-5."""
    linked.phone.type(
        "VACCIN $ 06 12 34 56 67", at("2026-11-26 15:00"), timedelta(minutes=30), description="pour Rex"
    )
    await linked.cycle()
    (new,) = await linked.appointments()
    assert (new["title"], new["phone"], new["notes"]) == ("VACCIN", "+33612345667", "pour Rex")
    assert (new["source"], new["needs_completion"], new["status"]) == ("google", True, "confirmed")
    assert new["start"] == "2026-11-26T14:00:00Z"
    (event,) = linked.phone.sees()
    assert event["summary"] == "VACCIN"
    assert "Téléphone : +33612345667" in event["description"]
    assert event["description"].startswith("pour Rex\n")


async def test_an_echo_without_the_dollar_does_not_erase_the_phone(linked: Practice) -> None:
    """SYNC-5."""
    linked.phone.type("VACCIN $ 06 12 34 56 67", at("2026-11-26 15:00"), timedelta(minutes=30))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.edit(event["id"], summary="RAPPEL")
    await linked.cycle()
    (new,) = await linked.appointments()
    assert (new["title"], new["phone"]) == ("RAPPEL", "+33612345667")


async def test_an_unclear_title_is_kept_whole_and_flagged(linked: Practice) -> None:
    """SYNC-5."""
    linked.phone.type("Tarif $ à voir", at("2026-11-26 15:00"), timedelta(minutes=30))
    link = await linked.cycle()
    (new,) = await linked.appointments()
    assert (new["title"], new["phone"]) == ("Tarif $ à voir", None)
    assert link["flags"] == {"title-unclear": 1}


async def test_what_overlaps_is_kept(linked: Practice) -> None:
    """SYNC-9: never refused, never lost; the time is busy for everybody else."""
    await linked.book(at("2026-11-26 15:00"))
    linked.phone.type("URGENCE", at("2026-11-26 15:10"), timedelta(minutes=30))
    await linked.cycle()
    titles = [each["title"] for each in await linked.appointments()]
    assert titles == ["VACCIN", "URGENCE"]


async def test_a_cancelled_appointment_leaves_google(linked: Practice) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    await linked.act(booked["id"], "cancel", by="owner")
    await linked.cycle()
    assert linked.phone.sees() == []


async def test_a_deletion_in_google_is_looked_at_twice_and_cancels(linked: Practice) -> None:
    """SYNC-8."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.delete(event["id"])
    linked.google.calls.clear()
    await linked.cycle()
    cancelled = await linked.read(booked["id"])
    assert (cancelled["status"], cancelled["cancelled_by"]) == ("cancelled", "practice")
    assert linked.google.calls.by_method() == {"events.list": 1, "events.get": 1}


async def test_both_sides_change_different_fields(linked: Practice) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.move(event["id"], timedelta(hours=1))
    await linked.edit(booked["id"], notes="apporter le carnet")
    await linked.cycle()
    both = await linked.read(booked["id"])
    assert (both["start"], both["notes"]) == ("2026-11-25T10:00:00Z", "apporter le carnet")
    (event,) = linked.phone.sees()
    assert event["description"].startswith("apporter le carnet\n")
    assert await linked.conflicts() == []


async def test_both_sides_change_one_field_the_agenda_wins_and_the_other_is_kept(linked: Practice) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.edit(event["id"], summary="du téléphone")
    await linked.edit(booked["id"], title="de la clinique")
    await linked.cycle()
    assert (await linked.read(booked["id"]))["title"] == "de la clinique"
    assert linked.phone.sees()[0]["summary"] == "de la clinique"
    (conflict,) = await linked.conflicts()
    assert (conflict["field"], conflict["lost"]) == ("title", "du téléphone")
    told = [each["type"] for each in await linked.house.events("calendar-sync", linked.id)]
    assert told.count("calendar-sync.conflict.recorded") == 1


async def test_an_edit_inside_the_block_is_discarded_and_one_outside_is_kept(linked: Practice) -> None:
    """SYNC-4, I5."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    text = event["description"].replace("Milou", "Rex") + "\nrappeler le soir"
    linked.phone.edit(event["id"], description=text)
    await linked.cycle()
    assert (await linked.read(booked["id"]))["notes"] == "à jeun\nrappeler le soir"
    (event,) = linked.phone.sees()
    assert event["description"] == BLOCK.replace("à jeun", "à jeun\nrappeler le soir")
