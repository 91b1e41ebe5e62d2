"""REM-2, REM-15: one appointment's messages, read, chosen and ordered by its practice's people."""

from typing import Any

import httpx
import pytest
from harness import House
from reminders.clinic import Clinic, furnished
from reminders.mailbox import Mailbox

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T11:00:00+01:00"


def message(rule: str, channel: str, *, enabled: bool = True, **more: Any) -> dict[str, Any]:
    return {"rule": rule, "channel": channel, "enabled": enabled, **more}


def path_of(clinic: Clinic, appointment: dict[str, Any]) -> str:
    return f"{clinic.path}/appointments/{appointment['id']}/messages"


async def choose(clinic: Clinic, appointment: dict[str, Any], *messages: dict[str, Any]) -> dict[str, Any]:
    answer = await clinic.reminders.put(
        path_of(clinic, appointment), json={"messages": messages}, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200, answer.text
    await clinic.advance("PT0S")
    chosen: dict[str, Any] = answer.json()
    return chosen


async def shown(clinic: Clinic, appointment: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = await clinic.reminders.get(path_of(clinic, appointment))
    assert answer.status_code == 200, answer.text
    return {f"{one['rule']}/{one['channel']}": one for one in answer.json()["messages"]}


async def order(clinic: Clinic, appointment: dict[str, Any], **wanted: Any) -> httpx.Response:
    return await clinic.reminders.post(f"{path_of(clinic, appointment)}/send", json=wanted)


async def booked_unheard(clinic: Clinic, start: str = WEDNESDAY) -> dict[str, Any]:
    """In the agenda; reminders has not planned it yet."""
    body = {"calendar_ids": [clinic.vet], "owner_id": clinic.owner, "animal_ids": [clinic.animal]}
    return await clinic.make("appointments", **body, start=start, appointment_type_id=clinic.vaccination)


async def test_the_messages_are_shown_as_the_practice_has_them(clinic: Clinic) -> None:
    """REM-2: defaults at the practice, copied to the appointment."""
    appointment = await clinic.book(WEDNESDAY)
    messages = await shown(clinic, appointment)
    assert {name: (one["enabled"], one["status"]) for name, one in messages.items()} == {
        "confirmation/sms": (True, "sent"),
        "confirmation/email": (False, None),
        "reminder_1/sms": (True, "planned"),
        "reminder_1/email": (False, None),
        "reminder_2/sms": (False, None),
        "reminder_2/email": (False, None),
    }
    first = messages["reminder_1/sms"]
    assert (first["lead"], first["due_at"]) == ({"count": 1, "unit": "days"}, "2026-11-24T08:00:00Z")
    assert (first["text"], first["words_of"], first["own"]) == (None, "practice", False)
    assert messages["confirmation/sms"]["lead"] is None


async def test_a_choice_has_a_version(clinic: Clinic) -> None:
    """REM-2: the first needs none; nothing unread is overwritten."""
    appointment = await clinic.book(WEDNESDAY)
    path = path_of(clinic, appointment)
    assert (await clinic.reminders.get(path)).headers["ETag"] == '"0"'
    first = await clinic.reminders.put(path, json={"messages": []})
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    unread = await clinic.reminders.put(path, json={"messages": []})
    assert (unread.status_code, unread.json()["code"]) == (428, "version-required")
    stale = await clinic.reminders.put(path, json={"messages": []}, headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    second = await clinic.reminders.put(path, json={"messages": []}, headers={"If-Match": '"1"'})
    assert (second.status_code, (await clinic.reminders.get(path)).headers["ETag"]) == (200, '"2"')
    events = await clinic.events("reminders.messages.chosen")
    assert [(one["data"]["appointment_id"], one["data"]["version"]) for one in events] == [
        (appointment["id"], 1),
        (appointment["id"], 2),
    ]


@pytest.mark.parametrize(
    ("message", "pointer"),
    [
        (message("reminder_3", "sms"), "/messages/0/rule"),
        (message("push_25h", "push"), "/messages/0/rule"),
        (message("confirmation", "letter"), "/messages/0/channel"),
        (message("confirmation", "sms", text="Bonjour {nobody}"), "/messages/0/text"),
        (message("confirmation", "sms", text="   "), "/messages/0/text"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_place(
    clinic: Clinic, message: dict[str, Any], pointer: str
) -> None:
    appointment = await booked_unheard(clinic)
    answer = await clinic.reminders.put(path_of(clinic, appointment), json={"messages": [message]})
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_choices_hold_from_the_first_plan_on(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-2: chosen before reminders has even heard of the booking; the confirmation is the chosen one."""
    appointment = await booked_unheard(clinic)
    await choose(
        clinic,
        appointment,
        message("confirmation", "sms", enabled=False),
        message("confirmation", "email", text="Bienvenue, {owner} : {when}", subject="{animal} chez nous"),
        message("reminder_1", "sms", lead={"count": 2, "unit": "hours"}, text="{animal} à jeun, {time}"),
    )
    assert await clinic.statuses(channel="sms") == {"reminder_1/sms@0": "planned"}
    (mail,) = mailbox.to(clinic.email)
    assert str(mail["Subject"]) == "Milou chez nous"
    await clinic.until("2026-11-25T07:59:00+01:00")
    assert await clinic.texts() == []
    await clinic.until("2026-11-25T12:00:00+01:00")
    assert await clinic.texts() == ["Milou à jeun, 10h00"]


async def test_what_has_not_left_is_planned_anew_and_what_left_is_never_repeated(clinic: Clinic) -> None:
    """REM-2, R14."""
    appointment = await clinic.book(WEDNESDAY)
    sms_off = message("reminder_1", "sms", enabled=False)
    await choose(clinic, appointment, sms_off, message("confirmation", "sms", text="Encore ?"))
    assert await clinic.statuses(channel="sms") == {
        "confirmation/sms@0": "sent",
        "reminder_1/sms@0": "withdrawn",
    }
    await choose(clinic, appointment, message("reminder_1", "sms", lead={"count": 3, "unit": "days"}))
    row = (await shown(clinic, appointment))["reminder_1/sms"]
    assert (row["status"], row["due_at"], row["own"]) == ("planned", "2026-11-22T08:00:00Z", True)
    await clinic.until("2026-11-22T12:00:00+01:00")
    await choose(clinic, appointment, message("reminder_1", "sms", lead={"count": 1, "unit": "days"}))
    await clinic.until("2026-11-25T12:00:00+01:00")
    assert len(await clinic.texts()) == 2
    assert (await clinic.statuses())["reminder_1/sms@0"] == "sent"


async def test_an_empty_list_gives_all_back_to_the_default(clinic: Clinic) -> None:
    appointment = await clinic.book(WEDNESDAY)
    await choose(clinic, appointment, message("reminder_1", "sms", enabled=False))
    await choose(clinic, appointment)
    row = (await shown(clinic, appointment))["reminder_1/sms"]
    assert (row["status"], row["own"]) == ("planned", False)


async def test_a_choice_moves_with_its_appointment(clinic: Clinic) -> None:
    """REM-4: the new time has the same messages, and nothing is confirmed a second time."""
    appointment = await clinic.book(WEDNESDAY)
    await choose(
        clinic,
        appointment,
        message("confirmation", "sms"),
        message("reminder_1", "sms", lead={"count": 2, "unit": "days"}, text="{animal}, {when}"),
    )
    await clinic.act(appointment, "reschedule", start=THURSDAY)
    assert await clinic.statuses(channel="sms") == {
        "confirmation/sms@0": "sent",
        "reminder_1/sms@0": "withdrawn",
        "rescheduled/sms@1": "sent",
        "reminder_1/sms@1": "planned",
    }
    await clinic.until("2026-11-24T12:00:00+01:00")
    assert (await clinic.texts())[-1] == "Milou, 26/11/2026 à 11h00"


async def test_a_confirmation_that_was_ordered_later_leaves_once(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-2: the owner would like it by e-mail too."""
    appointment = await clinic.book(WEDNESDAY)
    for _ in range(2):
        await choose(clinic, appointment, message("confirmation", "email"))
    await clinic.act(appointment, "extend", minutes=5)
    assert [str(one["Subject"]) for one in mailbox.to(clinic.email)] == ["Votre rendez-vous est confirmé"]


async def test_a_type_has_the_word_where_the_appointment_says_nothing(clinic: Clinic) -> None:
    """REM-2: appointment, then its type, then the practice."""
    template = await clinic.make(
        "templates", name="T", texts={"sms": {"body": "Du type, {animal}"}, "email": {"body": "Du type"}}
    )
    await clinic.change(f"appointment-types/{clinic.vaccination}", reminder_template_id=template["id"])
    appointment = await clinic.book(WEDNESDAY)
    assert (await shown(clinic, appointment))["reminder_1/sms"]["words_of"] == "type"
    await choose(clinic, appointment, message("reminder_1", "sms", text="Du rendez-vous, {animal}"))
    messages = await shown(clinic, appointment)
    assert (messages["reminder_1/sms"]["words_of"], messages["reminder_1/email"]["words_of"]) == (
        "appointment",
        "type",
    )
    await clinic.until("2026-11-24T12:00:00+01:00")
    assert (await clinic.texts())[-1] == "Du rendez-vous, Milou"


async def test_booked_late_the_confirmation_says_the_personal_words(clinic: Clinic) -> None:
    """REM-2, REM-4: merged into the confirmation."""
    appointment = await booked_unheard(clinic, "2026-11-17T15:00:00+01:00")
    await choose(clinic, appointment, message("reminder_1", "sms", text="À jeun, {animal} !"))
    assert (await clinic.texts())[-1].endswith("à 15h00. À jeun, Milou !")


async def test_a_reminder_that_was_set_aside_comes_back_for_a_time_to_come(clinic: Clinic) -> None:
    """REM-2: booked inside the window, then two hours before was chosen."""
    appointment = await clinic.book("2026-11-17T15:00:00+01:00")
    await choose(clinic, appointment, message("reminder_1", "sms", text="Bientôt"))
    assert (await clinic.statuses())["reminder_1/sms@0"] == "merged_into_confirmation"
    lead = {"count": 2, "unit": "hours"}
    await choose(clinic, appointment, message("reminder_1", "sms", text="Bientôt", lead=lead))
    await clinic.until("2026-11-17T13:00:00+01:00")
    assert (await clinic.texts())[-1] == "Bientôt"


async def test_a_held_confirmation_tells_the_truth_once(clinic: Clinic) -> None:
    """REM-2, R9: what moves while it is held makes one message."""
    await clinic.choose(confirmation_after_minutes=15)
    appointment = await clinic.book(WEDNESDAY)
    await clinic.advance("PT10M")
    assert await clinic.texts() == []
    await clinic.act(appointment, "reschedule", start=THURSDAY)
    await clinic.advance("PT20M")
    (only,) = await clinic.texts()
    assert "confirme" in only
    assert "26/11/2026 à 11h00" in only


async def test_a_held_confirmation_can_be_corrected_and_taken_back(clinic: Clinic) -> None:
    """REM-2: editable before it leaves."""
    await clinic.choose(confirmation_after_minutes=15)
    appointment = await clinic.book(WEDNESDAY)
    await choose(clinic, appointment, message("confirmation", "sms", enabled=False))
    assert (await clinic.statuses())["confirmation/sms@0"] == "withdrawn"
    await choose(clinic, appointment, message("confirmation", "sms", text="À bientôt {owner}"))
    await clinic.advance("PT15M")
    assert await clinic.texts() == ["À bientôt Élodie Plutôt"]


async def test_a_reminder_is_sent_now_on_order(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-15: immediate reminder to the contact."""
    appointment = await clinic.book(WEDNESDAY)
    answer = await order(clinic, appointment, channels=["sms", "email"], text="{animal} : {when}, merci")
    assert answer.status_code == 202
    rows = answer.json()["reminders"]
    assert [(row["rule"], row["channel"], row["purpose"]) for row in rows] == [
        ("immediate:1", "sms", "reminder"),
        ("immediate:1", "email", "reminder"),
    ]
    again = await order(clinic, appointment, channels=["sms"])
    assert [row["rule"] for row in again.json()["reminders"]] == ["immediate:2"]
    await clinic.advance("PT0S")
    assert sorted((await clinic.texts())[1:]) == [
        "Clinique du Parc, vous rappelle votre rendez-vous le 25/11/2026 à 10h00",
        "Milou : 25/11/2026 à 10h00, merci",
    ]
    assert "merci" in mailbox.to(clinic.email)[0].as_string()
    await clinic.until("2026-11-25T12:00:00+01:00")
    assert (await clinic.statuses())["reminder_1/sms@0"] == "sent"


async def test_at_night_an_ordered_sms_waits_and_says_so(clinic: Clinic) -> None:
    """REM-15, SMS-3; and a move takes it back."""
    appointment = await clinic.book(WEDNESDAY)
    await clinic.until("2026-11-17T22:00:00+01:00")
    (row,) = (await order(clinic, appointment, channels=["sms"])).json()["reminders"]
    assert (row["status"], row["due_at"]) == ("planned", "2026-11-18T07:00:00Z")
    await clinic.act(appointment, "extend", minutes=5)
    assert (await clinic.statuses())["immediate:1/sms@0"] == "planned"
    await clinic.act(appointment, "reschedule", start=THURSDAY)
    assert (await clinic.statuses())["immediate:1/sms@0"] == "withdrawn"


async def test_an_order_is_judged_when_it_leaves(clinic: Clinic) -> None:
    """REM-10, REM-15."""
    appointment = await clinic.book(WEDNESDAY)
    await clinic.change(f"owners/{clinic.owner}", consents={"sms": False, "email": False})
    await order(clinic, appointment, channels=["sms"])
    await clinic.advance("PT0S")
    assert (await clinic.statuses())["immediate:1/sms@0"] == "no_consent"


async def test_nobody_is_reminded_of_what_does_not_stand(clinic: Clinic) -> None:
    """REM-15."""
    appointment = await clinic.book(WEDNESDAY)
    ahead = await clinic.book("2026-11-17T09:00:00+01:00")
    await clinic.act(appointment, "cancel")
    await clinic.until("2026-11-17T09:00:00+01:00")
    for gone, detail in ((appointment, "not confirmed"), (ahead, "has begun")):
        answer = await order(clinic, gone, channels=["sms"])
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing-to-remind")
        assert detail in answer.json()["detail"]
    wrong = await order(clinic, ahead, channels=["sms"], text="{product}")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/text")


async def test_anothers_appointment_is_nobodys(clinic: Clinic, house: House) -> None:
    other = await furnished(house)
    theirs = await booked_unheard(other, "2031-11-26T10:00:00+01:00")
    path = path_of(clinic, theirs)
    answers = [
        await clinic.reminders.get(path),
        await clinic.reminders.put(path, json={"messages": []}),
        await clinic.reminders.post(f"{path}/send", json={"channels": ["sms"]}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    await other.close()


async def test_personal_words_go_with_the_owner(clinic: Clinic) -> None:
    """No personal data stays behind."""
    appointment = await clinic.book(WEDNESDAY)
    await choose(clinic, appointment, message("reminder_1", "sms", text="Pour Élodie"))
    await clinic.act(appointment, "cancel")
    path = f"{clinic.path}/owners/{clinic.owner}"
    etag = {"If-Match": (await clinic.agenda.get(path)).headers["ETag"]}
    assert (await clinic.agenda.delete(path, headers=etag)).status_code == 204
    await clinic.advance("PT0S")
    assert (await shown(clinic, appointment))["reminder_1/sms"]["text"] is None
