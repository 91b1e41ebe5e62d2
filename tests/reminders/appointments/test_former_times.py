"""REM-4, REM-5: who is told of a move is told from when, in every language, in one SMS."""

import pytest
from reminders.appointments.sample import appointment, paris, surgery
from reminders.clinic import Clinic
from reminders.ledger.test_jobs import deliver, planned_without_sending, send
from reminders.mailbox import Mailbox, text_of

from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.notices.rules import rule_of
from vetagenda_reminders.notices.schemas import Change
from vetagenda_reminders.notices.wording import notice_message
from vetagenda_reminders.templates.messages import Texts, appointment_message
from vetagenda_sms_text import segment

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T11:00:00+01:00"
FRIDAY = "2026-11-27T12:00:00+01:00"
BEFORE = paris("2026-11-24T09:30")
PRACTICE = PracticeFacts(
    id="0192f0c4-0000-7000-8000-000000000009",
    name="Clinique vétérinaire du Parc",
    time_zone="Europe/Paris",
)
NIGHT = "2026-11-17T22:00:00+01:00"
TOLD = {"fr": "au lieu du 24/11/2026", "de": "statt am 24.11.2026", "en": "instead of 24 Nov 2026"}
HOURS = {"fr": " à 09h30", "de": " um 09:30 Uhr", "en": " at 09:30"}


def moved(locale: str, *, hidden: bool, texts: Texts | None = None) -> str:
    practice = PRACTICE.model_copy(update={"locale": locale})
    visit = surgery() if hidden else appointment()
    return appointment_message(
        Purpose.RESCHEDULED, Channel.SMS, visit, practice, texts, moved_from=BEFORE
    ).body


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("locale", ["fr", "de", "en"])
def test_the_former_time_is_told_in_one_sms(locale: str, hidden: bool) -> None:
    """REM-5, SMS-1: of a hidden hour the day alone."""
    text = moved(locale, hidden=hidden)
    assert text.endswith(TOLD[locale] + ("" if hidden else HOURS[locale]))
    assert (segment(text).encoding, segment(text).segments) == ("gsm7", 1)
    assert not hidden or "30" not in text.partition(TOLD[locale])[0].replace("08:30", "")


def test_a_text_can_name_it() -> None:
    """REM-9: nothing where there is none."""
    texts = Texts("{when}, avant : {previous_when|inconnu}")
    assert moved("fr", hidden=False, texts=texts) == "25/11/2026 à 10h00, avant : 24/11/2026 à 09h30"
    other = appointment_message(Purpose.CONFIRMATION, Channel.SMS, appointment(), PRACTICE, texts)
    assert other.body.endswith("avant : inconnu")


def test_another_hidden_hour_of_the_same_day_says_nothing() -> None:
    """REM-5."""
    same = paris("2026-11-25T08:30")
    message = appointment_message(Purpose.RESCHEDULED, Channel.SMS, surgery(), PRACTICE, moved_from=same)
    assert "au lieu" not in message.body


@pytest.mark.parametrize("locale", ["fr", "de", "en"])
def test_a_notice_to_staff_stays_one_sms(locale: str) -> None:
    """REM-15: with the hour, which owners do not see."""
    long = "x" * 90
    ids = "0192f0c4-0000-7000-8000-000000000001"
    visit = appointment(
        owner={"id": ids, "family_name": long, "phone": "+491701234567890"},
        animals=[{"id": ids, "name": long}],
        appointment_type={"id": ids, "name": long, "hide_time": True},
        calendars=[{"id": ids, "name": long}],
    )
    practice = PRACTICE.model_copy(update={"locale": locale})
    body = notice_message(rule_of(Change.MOVED), Channel.SMS, visit, practice, BEFORE).body
    assert HOURS[locale] in body
    assert len(body) <= 160


async def test_an_owner_and_the_desk_are_told_from_when(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-4, REM-15."""
    notices = {"on": ["moved"], "recipients": [{"name": "Accueil", "email": f"desk-{clinic.email}"}]}
    await clinic.choose(reminders=[], push_lead_hours=[], staff_notices=notices)
    visit = await clinic.book(WEDNESDAY)
    await clinic.act(visit, "reschedule", start=THURSDAY)
    former = "26/11/2026 à 11h00 au lieu du 25/11/2026 à 10h00"
    assert (await clinic.texts())[-1].endswith(former)
    (mail,) = mailbox.to(f"desk-{clinic.email}")
    assert former in text_of(mail)
    assert former in mail["Subject"]


async def test_of_two_moves_only_the_time_that_they_know(clinic: Clinic) -> None:
    """REM-4: the first move was never told, since the desk's SMS waits for the morning."""
    garde = {"name": "Garde", "phone": "+33611223344", "channels": ["sms"]}
    notices = {"on": ["moved"], "recipients": [garde]}
    nobody: dict[str, list[str]] = {"confirmation": [], "notices": [], "reminders": [], "push_lead_hours": []}
    await clinic.choose(**nobody, staff_notices=notices)
    visit = await clinic.book(WEDNESDAY)
    await clinic.until(NIGHT)
    await clinic.act(visit, "reschedule", start=THURSDAY)
    await clinic.act(visit, "reschedule", start=FRIDAY)
    await clinic.until("2026-11-18T09:00:00+01:00")
    (text,) = await clinic.texts()
    assert "27/11/2026 à 12h00 au lieu du 25/11/2026 à 10h00" in text


async def test_a_move_that_was_skipped_was_not_told(clinic: Clinic) -> None:
    """REM-4, REM-10: there was no consent while it moved the first time."""
    await clinic.choose(reminders=[], push_lead_hours=[])
    visit = await clinic.book(WEDNESDAY)
    await clinic.change(f"owners/{clinic.owner}", consents={"sms": False, "email": False})
    await clinic.act(visit, "reschedule", start=THURSDAY)
    await clinic.change(f"owners/{clinic.owner}", consents={"sms": True, "email": True})
    await clinic.act(visit, "reschedule", start=FRIDAY)
    assert (await clinic.statuses())["rescheduled/sms@1"] == "no_consent"
    assert (await clinic.texts())[-1].endswith("27/11/2026 à 12h00 au lieu du 25/11/2026 à 10h00")


async def move_there_and_back(clinic: Clinic, visit: str) -> None:
    """Before any of it could be told."""
    for start in (THURSDAY, WEDNESDAY):
        path = f"{clinic.path}/appointments/{visit}/reschedule"
        answer = await clinic.agenda.post(path, json={"start": start}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        await deliver(clinic)
    await clinic.advance("PT0S")


async def test_there_and_back_before_it_was_told_is_no_news(clinic: Clinic) -> None:
    """REM-4: the notice that waits is withdrawn, and none follows."""
    (visit,) = await planned_without_sending(clinic)
    await clinic.advance("PT0S")
    await move_there_and_back(clinic, visit["id"])
    statuses = await clinic.statuses()
    assert statuses["rescheduled/sms@1"] == "withdrawn"
    assert "rescheduled/sms@2" not in statuses
    assert len(await clinic.texts()) == 1


@pytest.mark.parametrize("starts", [(THURSDAY,), (THURSDAY, WEDNESDAY)], ids=["away", "and back"])
async def test_who_was_told_nothing_is_told_of_the_visit_and_not_of_its_moves(
    clinic: Clinic, starts: tuple[str, ...]
) -> None:
    """REM-4: the confirmation was ordered, and called back before a carrier had it."""
    (visit,) = await planned_without_sending(clinic)
    await send(clinic)
    for start in starts:
        path = f"{clinic.path}/appointments/{visit['id']}/reschedule"
        answer = await clinic.agenda.post(path, json={"start": start}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        await deliver(clinic)
        await send(clinic)
    await clinic.advance("PT0S")
    (told,) = await clinic.texts()
    assert "vous confirme votre rendez-vous" in told
    assert ("25/11/2026 à 10h00" in told) is (starts[-1] is WEDNESDAY)


@pytest.mark.parametrize("booked_inside", ["soon", "merge"])
async def test_nor_is_a_reminder_said_twice(clinic: Clinic, booked_inside: str) -> None:
    """REM-1, REM-4: the one of the day before left before the visit moved away and back."""
    reminder = {"state": "on", "lead": {"count": 24, "unit": "hours"}, "booked_inside": booked_inside}
    await clinic.choose(reminders=[reminder], push_lead_hours=[])
    (visit,) = await planned_without_sending(clinic)
    await clinic.until("2026-11-24T12:00:00+01:00")
    said = await clinic.texts()
    await move_there_and_back(clinic, visit["id"])
    await clinic.advance("PT1H")
    assert (await clinic.statuses())["reminder_1/sms@2"] == "already_said"
    assert (len(said), await clinic.texts()) == (2, said)


async def test_another_hidden_hour_of_the_day_is_no_news(clinic: Clinic) -> None:
    """REM-5: the owner was told when to arrive, and would be told the same word for word."""
    visit = await clinic.book("2026-11-25T10:30:00+01:00", appointment_type_id=clinic.surgery)
    await clinic.act(visit, "reschedule", start="2026-11-25T13:00:00+01:00")
    (told,) = await clinic.texts()
    await clinic.until("2026-11-26T09:00:00+01:00")
    assert (await clinic.texts())[1:] == [text for text in await clinic.texts() if text != told]
    assert "rescheduled/sms@1" not in await clinic.statuses()
    assert (await clinic.statuses())["reminder_1/sms@1"] == "sent"


async def test_a_move_that_was_called_back_was_not_told(clinic: Clinic) -> None:
    """REM-4, R9: ordered of the sms service, and stopped before a carrier had it."""
    (visit,) = await planned_without_sending(clinic)
    await clinic.advance("PT0S")
    for start in (THURSDAY, FRIDAY):
        path = f"{clinic.path}/appointments/{visit['id']}/reschedule"
        answer = await clinic.agenda.post(path, json={"start": start}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        await deliver(clinic)
        await send(clinic)
    await clinic.advance("PT0S")
    assert (await clinic.statuses())["rescheduled/sms@1"] == "withdrawn"
    assert (await clinic.texts())[-1].endswith("27/11/2026 à 12h00 au lieu du 25/11/2026 à 10h00")


async def test_an_hour_that_was_hidden_is_not_told_after_another_type_was_planned(clinic: Clinic) -> None:
    """REM-5: the confirmation named the arrival window only."""
    await clinic.choose(push_lead_hours=[])
    visit = await clinic.book("2026-11-25T11:40:00+01:00", appointment_type_id=clinic.surgery)
    await clinic.change(f"appointments/{visit['id']}", appointment_type_id=clinic.vaccination)
    await clinic.advance("PT0S")
    await clinic.act(visit, "reschedule", start=THURSDAY)
    assert (await clinic.texts())[-1].endswith("nouvelle date le 26/11/2026 à 11h00")
    await clinic.act(visit, "reschedule", start=FRIDAY)
    assert (await clinic.texts())[-1].endswith("au lieu du 26/11/2026 à 11h00")


async def test_a_row_that_waits_tells_what_the_present_type_shows(clinic: Clinic) -> None:
    """REM-5: the reminder was planned while the type showed the hour, and left when it did not."""
    await clinic.choose(confirmation=[], push_lead_hours=[])
    visit = await clinic.book("2026-11-25T11:40:00+01:00")
    await clinic.change(f"appointments/{visit['id']}", appointment_type_id=clinic.surgery)
    await clinic.until("2026-11-24T12:00:00+01:00")
    await clinic.change(f"appointments/{visit['id']}", appointment_type_id=clinic.vaccination)
    await clinic.advance("PT0S")
    await clinic.act(visit, "reschedule", start=THURSDAY)
    texts = await clinic.texts()
    assert len(texts) == 2
    assert "11h40" not in " ".join(texts)


async def test_an_hour_that_was_hidden_is_not_told_later(clinic: Clinic) -> None:
    """REM-5: a surgery becomes a consultation at another time: when it was to be stays hidden."""
    await clinic.choose(reminders=[], push_lead_hours=[])
    visit = await clinic.book("2026-11-25T11:40:00+01:00", appointment_type_id=clinic.surgery)
    body = {"start": THURSDAY, "appointment_type_id": clinic.vaccination}
    path = f"{clinic.path}/appointments/{visit['id']}"
    current = await clinic.agenda.get(path)
    headers = {"If-Match": current.headers["ETag"]}
    changed = await clinic.agenda.patch(
        path, json={"appointment_type_id": body["appointment_type_id"]}, headers=headers
    )
    assert changed.status_code == 200, changed.text
    await clinic.act(visit, "reschedule", start=THURSDAY)
    assert "11h40" not in " ".join(await clinic.texts())
