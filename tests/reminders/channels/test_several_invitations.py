"""REM-17: an e-mail about several visits brings each for the owner's calendar, and each one's link."""

from icalendar import Calendar
from reminders.appointments.test_several_visits import DUE, MORNING, NOON, booked
from reminders.clinic import Clinic
from reminders.mailbox import Mailbox, html_of, text_of

LINKS = "Déplacer ou annuler : {link}"


async def test_every_visit_is_in_the_calendar_and_has_its_link(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-17: an iTIP message is about one UID (RFC 5546), so each visit has its own; and each link stands
    where it says which visit it opens."""
    await booked(clinic, reminders=[{"state": "on", "channels": ["email"], "email_addition": LINKS}])
    visits = (await clinic.agenda.get(f"{clinic.path}/appointments")).json()["items"]
    await clinic.until(DUE)
    (mail,) = mailbox.to(clinic.email)
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    found = []
    for part in parts:
        calendar = Calendar.from_ical(part.get_content())
        (event,) = calendar.walk("VEVENT")
        assert (calendar["METHOD"], part["Content-Type"].params["method"]) == ("REQUEST", "REQUEST")
        found.append((str(event["UID"]), event.decoded("DTSTART").isoformat()))
    assert found == [(visit["uid"], start) for visit, start in zip(visits, (MORNING, NOON), strict=True)]
    lines = [line for line in text_of(mail).splitlines() if "Déplacer" in line]
    assert [line.partition(" : ")[0] for line in lines] == ["10h00 Milou", "12h00 Rex"]
    addresses = [line.rpartition(" ")[2] for line in lines]
    assert len(set(addresses)) == 2
    assert all(f'<a href="{address}"' in html_of(mail) for address in addresses)
