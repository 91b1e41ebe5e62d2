"""An appointment's messages from booking to the visit, through the real agenda and the sandbox carrier."""

from typing import Any

from reminders.clinic import Clinic
from reminders.mailbox import Mailbox, text_of

from vetagenda_contracts.events import Actor
from vetagenda_kit.caller import Tokens
from vetagenda_kit.ids import uuid7

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T11:00:00+01:00"


async def test_booking_confirms_at_once_and_reminds_without_any_settings(clinic: Clinic) -> None:
    """REM-2, PART-4."""
    appointment = await clinic.book(WEDNESDAY)
    assert await clinic.statuses(appointment_id=appointment["id"]) == {
        "confirmation/sms@0": "sent",
        "reminder_1/sms@0": "planned",
        "push_25h/push@0": "planned",
        "push_1h/push@0": "planned",
    }
    assert await clinic.texts() == ["Clinique du Parc, vous confirme votre rendez-vous le 25/11/2026 à 10h00"]


async def test_each_thing_leaves_at_its_minute(clinic: Clinic) -> None:
    await clinic.book(WEDNESDAY)
    ran = await clinic.until("2026-11-25T12:00:00+01:00")
    sent = [(each["at"], each["what"].split(":")[0]) for each in ran if each["service"] == "reminders"]
    assert sorted(sent) == [
        ("2026-11-24T08:00:00Z", "push_25h by push"),
        ("2026-11-24T08:00:00Z", "reminder_1 by sms"),
        ("2026-11-25T08:00:00Z", "push_1h by push"),
    ]
    assert (await clinic.texts())[1] == (
        "Clinique du Parc, vous rappelle votre rendez-vous le 25/11/2026 à 10h00"
    )
    assert set((await clinic.statuses()).values()) == {"sent"}


async def test_a_sent_row_shows_what_left_and_to_whom(clinic: Clinic) -> None:
    """REM-14."""
    await clinic.book(WEDNESDAY)
    (row,) = await clinic.ledger(status="sent", owner_id=clinic.owner)
    assert row["recipient"] == "+33612345667"
    assert row["body"].startswith("Clinique du Parc")
    assert row["animal_id"] == clinic.animal
    assert (row["send_on"], row["sequence"], row["occurrence"]) == ("2026-11-17", 0, 0)
    assert [each["id"] for each in await clinic.ledger(animal_id=clinic.animal, status="sent")] == [row["id"]]


async def test_a_move_plans_again_and_tells(clinic: Clinic) -> None:
    """REM-4, R9."""
    appointment = await clinic.book(WEDNESDAY)
    await clinic.act(appointment, "reschedule", start=THURSDAY)
    assert await clinic.statuses() == {
        "confirmation/sms@0": "sent",
        "reminder_1/sms@0": "withdrawn",
        "push_25h/push@0": "withdrawn",
        "push_1h/push@0": "withdrawn",
        "rescheduled/sms@1": "sent",
        "reminder_1/sms@1": "planned",
        "push_25h/push@1": "planned",
        "push_1h/push@1": "planned",
    }
    await clinic.until("2026-11-27T12:00:00+01:00")
    assert [text[-29:] for text in await clinic.texts()] == [
        "endez-vous le 25/11/2026 à 10h00"[-29:],
        "nouvelle date le 26/11/2026 à 11h00 au lieu du 25/11/2026 à 10h00"[-29:],
        "endez-vous le 26/11/2026 à 11h00"[-29:],
    ]


async def with_another_vet(clinic: Clinic, appointment: dict[str, Any]) -> None:
    other = await clinic.make("calendars", name="Dr Müller", kind="practitioner")
    await clinic.act(appointment, "reschedule", start=WEDNESDAY, calendar_ids=[other["id"]])


async def test_another_vet_at_the_same_time_is_no_news_to_who_was_told_no_name(clinic: Clinic) -> None:
    """REM-4: no default text names the vet, and the date is the old one."""
    appointment = await clinic.book(WEDNESDAY)
    before = await clinic.statuses()
    await with_another_vet(clinic, appointment)
    assert await clinic.statuses() == before
    await clinic.until("2026-11-25T12:00:00+01:00")
    assert [text.split()[4] for text in await clinic.texts()] == ["confirme", "rappelle"]


async def test_another_vet_is_told_of_where_texts_name_the_vet(clinic: Clinic) -> None:
    await clinic.choose(reminders=[{"state": "on", "sms_addition": "Vous verrez {practitioner}."}])
    appointment = await clinic.book(WEDNESDAY)
    await with_another_vet(clinic, appointment)
    assert (await clinic.texts())[-1] == (
        "Clinique du Parc, votre rendez-vous du 25/11/2026 à 10h00 sera assuré par Dr Müller"
    )
    await clinic.until("2026-11-25T12:00:00+01:00")
    told = await clinic.texts()
    assert (len(told), told[-1].endswith("à 10h00. Vous verrez Dr Müller.")) == (3, True)


async def test_a_longer_appointment_is_no_news(clinic: Clinic) -> None:
    """AGD-10: its start is what owners know of it."""
    appointment = await clinic.book(WEDNESDAY)
    before = await clinic.statuses()
    longer = await clinic.act(appointment, "extend", minutes=15)
    assert (longer["sequence"], await clinic.statuses()) == (1, before)
    await clinic.until("2026-11-24T12:00:00+01:00")
    await clinic.act(appointment, "extend", minutes=15)
    await clinic.until("2026-11-25T12:00:00+01:00")
    assert set((await clinic.statuses()).values()) == {"sent"}
    assert [text.split()[4] for text in await clinic.texts()] == ["confirme", "rappelle"]


async def test_one_that_was_booked_inside_the_window_is_not_reminded_of_when_it_grows(clinic: Clinic) -> None:
    appointment = await clinic.book("2026-11-17T15:00:00+01:00")
    await clinic.act(appointment, "extend", minutes=15)
    await clinic.until("2026-11-17T16:00:00+01:00")
    assert (await clinic.statuses())["reminder_1/sms@0"] == "merged_into_confirmation"
    assert len(await clinic.texts()) == 1


async def test_a_cancellation_withdraws_and_tells(clinic: Clinic) -> None:
    appointment = await clinic.book(WEDNESDAY)
    await clinic.act(appointment, "cancel", by="owner")
    assert await clinic.statuses() == {
        "confirmation/sms@0": "sent",
        "reminder_1/sms@0": "withdrawn",
        "push_25h/push@0": "withdrawn",
        "push_1h/push@0": "withdrawn",
        "cancelled/sms@1": "sent",
    }
    await clinic.until("2026-11-27T12:00:00+01:00")
    assert len(await clinic.texts()) == 2


async def test_a_request_is_confirmed_when_it_is_accepted(clinic: Clinic) -> None:
    """BOOK-7: a request gets no confirmation."""
    await clinic.choose(request_received=["sms"])
    appointment = await requested(clinic, WEDNESDAY)
    assert await clinic.statuses() == {"request_received/sms@0": "sent"}
    await internally(clinic, appointment, "accept")
    statuses = await clinic.statuses()
    assert statuses["confirmation/sms@0"] == "sent"
    assert statuses["reminder_1/sms@0"] == "planned"


async def test_a_declined_and_an_expired_request_say_so(clinic: Clinic) -> None:
    for what, word in (("decline", "pas de rendez-vous possible"), ("expire", "a expiré")):
        appointment = await requested(clinic, WEDNESDAY)
        await internally(clinic, appointment, what)
        assert word in (await clinic.texts())[-1]


async def test_a_missed_visit_is_followed_by_no_message(clinic: Clinic) -> None:
    """AGD-11."""
    appointment = await clinic.book(WEDNESDAY)
    await clinic.until("2026-11-25T10:10:00+01:00")
    told = await clinic.texts()
    await clinic.act(appointment, "no-show")
    await clinic.advance("P7D")
    assert "planned" not in (await clinic.statuses()).values()
    assert await clinic.texts() == told


async def test_without_consent_nothing_leaves_and_the_ledger_says_why(clinic: Clinic) -> None:
    """REM-10."""
    await clinic.change(f"owners/{clinic.owner}", consents={"sms": False, "email": True})
    await clinic.book(WEDNESDAY)
    assert (await clinic.statuses())["confirmation/sms@0"] == "no_consent"
    assert await clinic.texts() == []


async def test_consent_is_asked_at_the_moment_of_sending(clinic: Clinic) -> None:
    await clinic.book(WEDNESDAY)
    await clinic.change(f"owners/{clinic.owner}", consents={})
    await clinic.until("2026-11-25T12:00:00+01:00")
    assert (await clinic.statuses())["reminder_1/sms@0"] == "no_consent"


async def test_a_deceased_animal_stops_every_word(clinic: Clinic) -> None:
    """AGD-12."""
    appointment = await clinic.book(WEDNESDAY)
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2026-11-17")
    await clinic.act(appointment, "cancel")
    await clinic.until("2026-11-27T12:00:00+01:00")
    assert len(await clinic.texts()) == 1


async def test_a_surgery_never_shows_its_hour(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-5: SMS, e-mail and push."""
    both = ["sms", "email"]
    reminder = {"state": "on", "channels": both, "lead": {"count": 1, "unit": "days"}}
    await clinic.choose(confirmation=both, notices=both, reminders=[reminder])
    appointment = await clinic.book(
        "2026-11-25T11:30:00+01:00", appointment_type_id=clinic.surgery, end="2026-11-25T13:00:00+01:00"
    )
    await clinic.act(appointment, "reschedule", start="2026-11-26T11:30:00+01:00")
    await clinic.until("2026-11-26T12:00:00+01:00")
    words = await clinic.texts()
    words += [str(mail["Subject"]) + text_of(mail) for mail in mailbox.to(clinic.email)]
    assert len(words) == 6
    for text in words:
        assert "11h30" not in text
        assert "arrivée entre 08h00 et 09h00" in text
    (push,) = [
        each["data"]
        for each in await clinic.events("reminders.push.due")
        if each["data"]["rule"] == "push_1h"
    ]
    assert push["start"] is None
    assert (push["day"], push["arrival_from"]) == ("2026-11-26", "08:00:00")


async def test_pushes_are_events_with_ids_and_times_only(clinic: Clinic) -> None:
    """PART-4: 25 h before the owner may still cancel, 1 h before no longer."""
    appointment = await clinic.book(WEDNESDAY)
    await clinic.until("2026-11-25T12:00:00+01:00")
    pushes = [event["data"] for event in await clinic.events("reminders.push.due")]
    assert [(push["rule"], push["may_cancel"]) for push in pushes] == [("push_25h", True), ("push_1h", False)]
    assert {push["appointment_id"] for push in pushes} == {appointment["id"]}
    for event in await clinic.events():
        told = str(event)
        assert not any(secret in told for secret in ("Plutôt", "Milou", "612345667", clinic.email))


async def test_exactly_one_event_for_every_change(clinic: Clinic) -> None:
    """PART-9."""
    appointment = await clinic.book(WEDNESDAY)
    await clinic.act(appointment, "reschedule", start=THURSDAY)
    said: dict[Any, int] = {}
    for event in await clinic.events():
        if event["type"].startswith("reminders.reminder"):
            key = (event["type"], event["subject"])
            said[key] = said.get(key, 0) + 1
    assert set(said.values()) == {1}
    assert len([kind for kind, _subject in said if kind.endswith("withdrawn")]) == 3
    plans = [event["data"] for event in await clinic.events("reminders.plan.made")]
    assert [(plan["version"], plan["sequence"], len(plan["planned"])) for plan in plans] == [
        (1, 0, 4),
        (2, 1, 4),
    ]


async def test_what_a_calendar_sync_cancelled_is_told_after_a_second_look(clinic: Clinic) -> None:
    """SYNC-8: five minutes later, if it still stands."""
    appointment = await clinic.book(WEDNESDAY)
    async with clinic.house.internal("agenda", clinic.id, caller="calendar-sync") as sync:
        sync.headers["Authorization"] = "Bearer " + sync_run_token(clinic)
        path = f"/internal/practices/{clinic.id}/appointments/{appointment['id']}/cancel"
        assert (await sync.post(path, json={"by": "practice"})).status_code == 200
    await clinic.advance("PT4M")
    assert (await clinic.statuses())["cancelled/sms@1"] == "planned"
    await clinic.advance("PT1M")
    assert (await clinic.statuses())["cancelled/sms@1"] == "sent"


async def test_new_settings_hold_for_what_has_not_left(clinic: Clinic) -> None:
    """R14."""
    await clinic.book(WEDNESDAY)
    reminder = {"state": "on", "channels": ["sms"], "lead": {"count": 2, "unit": "days"}}
    await clinic.choose(reminders=[reminder | {"sms_addition": "Venez avec {animal}."}], push_lead_hours=[])
    await clinic.advance("PT0S")
    rows = {row["rule"]: row for row in await clinic.ledger()}
    assert rows["reminder_1"]["due_at"] == "2026-11-23T08:00:00Z"
    assert rows["push_25h"]["status"] == "withdrawn"
    assert rows["confirmation"]["status"] == "sent"
    await clinic.until("2026-11-25T12:00:00+01:00")
    assert (await clinic.texts())[-1].endswith("à 10h00. Venez avec Milou.")


async def test_what_is_merged_into_the_confirmation_is_said_there(clinic: Clinic) -> None:
    """REM-4: booked inside the reminder's window."""
    reminder = {"state": "on", "sms_addition": "À jeun depuis minuit."}
    await clinic.choose(reminders=[reminder])
    await clinic.book("2026-11-17T15:00:00+01:00")
    assert (await clinic.statuses())["reminder_1/sms@0"] == "merged_into_confirmation"
    assert (await clinic.texts())[-1].endswith("à 15h00. À jeun depuis minuit.")


async def test_a_person_can_take_a_message_out(clinic: Clinic) -> None:
    await clinic.book(WEDNESDAY)
    (row,) = [each for each in await clinic.ledger() if each["rule"] == "reminder_1"]
    answer = await clinic.reminders.post(f"{clinic.path}/reminders/{row['id']}/cancel")
    assert answer.json()["status"] == "cancelled"
    await clinic.choose()
    await clinic.until("2026-11-25T12:00:00+01:00")
    assert (await clinic.statuses())["reminder_1/sms@0"] == "cancelled"
    (sent,) = [each for each in await clinic.ledger() if each["rule"] == "confirmation"]
    refused = await clinic.reminders.post(f"{clinic.path}/reminders/{sent['id']}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "already-left")


async def test_an_entry_typed_on_a_phone_tells_nobody_until_it_has_an_owner(clinic: Clinic) -> None:
    appointment = await clinic.book(WEDNESDAY, owner_id=None, animal_ids=[], owner_name="VACCIN")
    assert await clinic.ledger() == []
    await clinic.change(f"appointments/{appointment['id']}", owner_id=clinic.owner)
    await clinic.advance("PT0S")
    assert (await clinic.statuses())["confirmation/sms@0"] == "sent"


async def test_a_new_time_zone_or_a_hidden_hour_plans_again(clinic: Clinic) -> None:
    """BOOK-10, REM-5."""
    await clinic.book(WEDNESDAY)
    window = {"from": "08:00", "to": "09:00"}
    await clinic.change(f"appointment-types/{clinic.vaccination}", hide_time=True, arrival_window=window)
    await clinic.advance("PT0S")
    due = {row["rule"]: row["due_at"] for row in await clinic.ledger()}
    assert (due["push_1h"], due["reminder_1"]) == ("2026-11-25T06:00:00Z", "2026-11-24T08:00:00Z")
    await clinic.change_practice(time_zone="America/New_York")
    await clinic.advance("PT0S")
    due = {row["rule"]: row["due_at"] for row in await clinic.ledger()}
    assert due["reminder_1"] == "2026-11-24T14:00:00Z"


async def test_of_a_deleted_owner_nothing_personal_stays_and_nothing_leaves(clinic: Clinic) -> None:
    """The agenda keeps an owner with visits to come: what is left then is a reminder of a product."""
    rule = {"name": "X", "offset": {"count": 3, "unit": "day"}, "channels": ["sms"]}
    rule_id = (await clinic.make("reminder-rules", **rule))["id"]
    product = await clinic.make("products", name="Milbemax", rule_ids=[rule_id])
    await clinic.make("administrations", product_id=product["id"], animal_id=clinic.animal)
    appointment = await clinic.book(WEDNESDAY)
    await clinic.act(appointment, "cancel")
    path = f"{clinic.path}/owners/{clinic.owner}"
    etag = {"If-Match": (await clinic.agenda.get(path)).headers["ETag"]}
    assert (await clinic.agenda.delete(path, headers=etag)).status_code == 204
    await clinic.until("2026-11-26T10:00:00+01:00")
    rows = await clinic.ledger()
    assert {row["recipient"] for row in rows} == {row["body"] for row in rows} == {None}
    assert len(await clinic.texts()) == 2


async def requested(clinic: Clinic, start: str) -> dict[str, Any]:
    order = {
        "calendar_ids": [clinic.vet],
        "start": start,
        "appointment_type_id": clinic.vaccination,
        "owner_id": clinic.owner,
        "animal_ids": [clinic.animal],
        "status": "requested",
    }
    async with clinic.house.internal("agenda", clinic.id) as booking:
        path = f"/internal/practices/{clinic.id}/appointments/{uuid7()}"
        answer = await booking.put(path, json=order)
        assert answer.status_code == 201, answer.text
    await clinic.advance("PT0S")
    made: dict[str, Any] = answer.json()
    return made


async def internally(clinic: Clinic, appointment: dict[str, Any], what: str) -> None:
    async with clinic.house.internal("agenda", clinic.id) as booking:
        path = f"/internal/practices/{clinic.id}/appointments/{appointment['id']}/{what}"
        answer = await booking.post(path, json={} if what == "decline" else None)
        assert answer.status_code == 200, answer.text
    await clinic.advance("PT0S")


def sync_run_token(clinic: Clinic) -> str:
    tokens = Tokens("calendar-sync", clinic.house.ring)
    return tokens.mint("agenda", actor=Actor(kind="sync_run", id="run-1"), practices=[clinic.id])


async def test_an_import_and_its_undo_say_nothing_but_do_remind(clinic: Clinic) -> None:
    """AGD-12: a thousand owners are not told of a file, nor of its being taken back."""
    file = f"start,duration_minutes,owner_id\r\n{WEDNESDAY},20,{clinic.owner}\r\n"
    body = {"format": "csv", "content": file, "calendar_id": clinic.vet, "dry_run": False}
    imports = f"{clinic.path}/imports"
    done = await clinic.agenda.post(imports, json=body)
    assert done.json()["counts"]["create"] == 1, done.text
    await clinic.advance("PT0S")
    assert (await clinic.statuses())["reminder_1/sms@0"] == "planned"
    await clinic.agenda.post(f"{imports}/{done.json()['id']}/undo")
    await clinic.advance("P8D")
    assert (await clinic.statuses())["reminder_1/sms@0"] == "withdrawn"
    assert await clinic.texts() == []
