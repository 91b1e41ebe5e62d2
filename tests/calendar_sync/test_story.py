"""SYNC-2..7 as people see them: the agenda on one side, a phone with Google Calendar on the other."""

from datetime import timedelta

import pytest
from calendar_sync.practice import Practice, at
from peers.google import Fault

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
    assert linked.google.calls.by_method() == {"events.list": 50}
    assert await linked.appointments() == before


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


async def test_disabling_and_enabling_a_link_adopts_what_is_there(linked: Practice) -> None:
    """SYNC-7, R16: also when the link is deleted and made again."""
    await linked.book(at("2026-11-25 10:00"))
    linked.phone.type("VACCIN", at("2026-11-25 11:00"), timedelta(minutes=30))
    await linked.cycle()
    events, appointments = linked.phone.sees(), await linked.appointments()
    assert (await linked.sync.delete(f"{linked.path}/calendar-links/{linked.link}")).status_code == 204
    linked.google.calls.clear()
    await linked.connect()
    await linked.cycle()
    assert linked.phone.sees() == events
    assert await linked.appointments() == appointments
    assert linked.google.calls.writes == 0


async def test_a_paused_link_is_silent_and_catches_up_once(linked: Practice) -> None:
    """SYNC-6, I8."""
    paused = await linked.sync.post(f"{linked.path}/calendar-links/pause")
    assert paused.json() == {"links": 1, "running": 0}
    await linked.book(at("2026-11-25 10:00"))
    linked.phone.type("VACCIN", at("2026-11-25 11:00"), timedelta(minutes=30))
    asked = await linked.sync.post(f"{linked.path}/calendar-links/{linked.link}/sync")
    assert asked.json()["code"] == "not-connected"
    assert linked.google.calls.count() == 0
    await linked.sync.post(f"{linked.path}/calendar-links/resume")
    await linked.cycle()
    assert len(linked.phone.sees()) == len(await linked.appointments()) == 2


async def test_only_from_the_agenda_to_google(practice: Practice) -> None:
    """SYNC-3, I7."""
    booked = await practice.book(at("2026-11-25 10:00"))
    await practice.connect(mode="agenda_to_remote")
    await practice.cycle()
    before = await practice.appointments()
    (event,) = practice.phone.sees()
    practice.phone.move(event["id"], timedelta(hours=1))
    practice.phone.type("PRIVÉ", at("2026-11-25 18:00"), timedelta(hours=1))
    await practice.cycle()
    assert await practice.appointments() == before
    practice.phone.delete(event["id"])
    await practice.cycle()
    assert await practice.appointments() == before
    assert [each["summary"] for each in practice.phone.sees()] == ["VACCIN", "PRIVÉ"]
    assert practice.phone.find("VACCIN")["start"]["dateTime"] == "2026-11-25T10:00:00+01:00"
    await practice.act(booked["id"], "cancel", by="practice")
    await practice.cycle()
    assert [each["summary"] for each in practice.phone.sees()] == ["PRIVÉ"]


@pytest.mark.parametrize(
    ("privacy", "summary", "location"), [("initials", "VACCIN", "P."), ("busy", "Occupé", "")]
)
async def test_a_link_tells_no_more_than_it_may(
    practice: Practice, privacy: str, summary: str, location: str
) -> None:
    """SYNC-4."""
    await practice.book(at("2026-11-25 10:00"))
    await practice.connect(privacy=privacy)
    await practice.cycle()
    (event,) = practice.phone.sees()
    assert (event["summary"], event.get("location", "")) == (summary, location)
    for secret in ("Plutôt", "Milou", "0612345678"):
        assert secret not in str(event)


async def test_an_event_moved_to_another_vets_column_follows(linked: Practice) -> None:
    until = at("2026-11-25 10:20").isoformat()
    booked = await linked.book(at("2026-11-25 10:00"), appointment_type_id=None, end=until)
    await linked.cycle()
    await linked.act(
        booked["id"], "reschedule", start=at("2026-11-25 10:00").isoformat(), calendar_ids=[linked.room]
    )
    await linked.settle()
    await linked.cycle()
    assert linked.phone.sees() == []
    await linked.act(
        booked["id"], "reschedule", start=at("2026-11-25 10:00").isoformat(), calendar_ids=[linked.vet]
    )
    await linked.cycle()
    assert [each["summary"] for each in linked.phone.sees()] == ["VACCIN"]


async def test_a_deleted_event_that_comes_back_from_the_bin_is_an_appointment_again(
    linked: Practice,
) -> None:
    await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.delete(event["id"])
    await linked.cycle()
    assert await linked.appointments() == []
    linked.phone.restore(event["id"])
    await linked.cycle()
    (again,) = await linked.appointments()
    assert again["title"] == "VACCIN"
    assert len(linked.phone.sees()) == 1


async def test_a_mass_deletion_waits_for_a_person(linked: Practice) -> None:
    """SYNC-8: nothing is cancelled, and what the agenda changes still goes out."""
    for hour in range(8):
        await linked.book(at(f"2026-11-25 {10 + hour}:00"))
    await linked.cycle()
    for event in linked.phone.sees():
        linked.phone.delete(event["id"])
    link = await linked.cycle()
    assert (link["state"], link["health"]) == ("needs_confirmation", "stale")
    assert len(await linked.appointments()) == 8
    await linked.book(at("2026-11-26 10:00"))
    await linked.cycle()
    assert len(linked.phone.sees()) == 1
    assert len(await linked.appointments()) == 9


@pytest.mark.parametrize("accept", [True, False])
async def test_a_person_decides_about_a_mass_deletion(linked: Practice, accept: bool) -> None:
    """SYNC-8."""
    for hour in range(6):
        await linked.book(at(f"2026-11-25 {10 + hour}:00"))
    await linked.cycle()
    for event in linked.phone.sees():
        linked.phone.delete(event["id"])
    await linked.cycle()
    path = f"{linked.path}/calendar-links/{linked.link}/decisions"
    decided = await linked.sync.post(path, json={"kind": "mass_delete", "accept": accept})
    assert decided.status_code == 202, decided.text
    assert (await linked.cycle())["state"] == "active"
    left = 0 if accept else 6
    assert len(await linked.appointments()) == len(linked.phone.sees()) == left
    again = await linked.sync.post(path, json={"kind": "mass_delete", "accept": accept})
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-decide")


async def test_who_takes_the_consent_back_is_asked_again_and_nothing_is_lost(linked: Practice) -> None:
    """SYNC-10, I9."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.google.authorization.revoke(linked.google.authorization.signed_in)
    link = await linked.cycle()
    assert (link["state"], link["health"]) == ("needs_reauth", "broken")
    assert (await linked.read(booked["id"]))["status"] == "confirmed"
    assert (await linked.consent(linked.link)).status_code == 200
    assert (await linked.cycle())["state"] == "active"
    assert len(linked.phone.sees()) == 1


async def test_an_access_token_that_ends_is_renewed_by_itself(linked: Practice) -> None:
    linked.google.authorization.expire_access()
    assert (await linked.cycle())["state"] == "active"
    assert linked.google.calls.count("oauth.token") == 1
    await linked.cycle()
    assert linked.google.calls.count("oauth.token") == 1


async def test_sync_now_many_times_is_one_further_cycle(linked: Practice) -> None:
    """SYNC-2."""
    wanted = {
        (await linked.sync.post(f"{linked.path}/calendar-links/{linked.link}/sync")).json()["cycle"]
        for _ in range(5)
    }
    await linked.cycle()
    assert len(wanted) <= 2
    assert linked.google.calls.count("events.list") <= 4


async def test_no_error_of_google_cancels_anything(linked: Practice) -> None:
    """I9, R18."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    for status, reason in [(500, "backendError"), (403, "rateLimitExceeded"), (403, "forbidden"), (503, "x")]:
        linked.google.faults.add(Fault("*", status=status, reason=reason, times=6))
        link = await linked.cycle()
        assert link["state"] == "degraded"
        linked.google.faults.clear()
        assert (await linked.read(booked["id"]))["status"] == "confirmed"
    assert (await linked.cycle())["state"] == "active"
    assert len(linked.phone.sees()) == 1
