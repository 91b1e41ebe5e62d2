"""REM-15: the practice's people are told, through the real services."""

from typing import Any
from uuid import uuid4

import pytest
from harness import House
from reminders.clinic import Clinic
from reminders.mailbox import Mailbox, text_of

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T15:00:00+01:00"
EVERY = ["added", "moved", "cancelled"]


@pytest.fixture
def desk() -> str:
    return f"accueil-{uuid4().hex}@parc.example"


async def tell(clinic: Clinic, *recipients: dict[str, Any], **more: Any) -> None:
    """Only the practice's own people are told."""
    notices = {"on": EVERY, "recipients": list(recipients)} | more
    quiet: dict[str, Any] = {key: [] for key in ("confirmation", "notices", "reminders", "push_lead_hours")}
    await clinic.choose(**quiet, staff_notices=notices, fax_gateway="{number}@fax.example")


def by_mail(address: str) -> dict[str, Any]:
    return {"name": "Accueil", "email": address}


async def notices(clinic: Clinic) -> dict[str, str]:
    return {
        f"{row['rule']}/{row['channel']}@{row['sequence']}": row["skip_reason"] or row["status"]
        for row in await clinic.ledger()
        if row["purpose"] == "notice"
    }


async def test_adding_moving_and_cancelling_are_told_each_once(
    clinic: Clinic, mailbox: Mailbox, desk: str
) -> None:
    await tell(clinic, by_mail(desk))
    visit = await clinic.book(WEDNESDAY)
    await clinic.act(visit, "reschedule", start=THURSDAY)
    await clinic.act(visit, "cancel")
    assert [mail["Subject"] for mail in mailbox.to(desk)] == [
        "Rendez-vous ajouté : 25/11/2026 à 10h00",
        "Rendez-vous déplacé : 26/11/2026 à 15h00 au lieu du 25/11/2026 à 10h00",
        "Rendez-vous annulé : 26/11/2026 à 15h00",
    ]
    told = text_of(mailbox.to(desk)[0])
    for part in ("VACCINATION", "Dr Lefèvre", "Milou", "Élodie Plutôt", "+33612345667"):
        assert part in told
    assert clinic.email not in [mail["To"] for mail in mailbox.kept]


async def test_before_it_is_switched_on_nobody_is_told(clinic: Clinic) -> None:
    await clinic.book(WEDNESDAY)
    assert await notices(clinic) == {}


async def test_without_recipients_the_practices_own_address_is_told(
    clinic: Clinic, mailbox: Mailbox, desk: str
) -> None:
    await clinic.change_practice(email=desk)
    await tell(clinic)
    await clinic.book(WEDNESDAY)
    assert len(mailbox.to(desk)) == 1


async def test_what_staff_did_themselves_is_not_told_unless_chosen(
    clinic: Clinic, house: House, mailbox: Mailbox, desk: str
) -> None:
    await tell(clinic, by_mail(desk))
    by_key, clinic.agenda = clinic.agenda, house.client("agenda", clinic.id, kind="user", test=True)
    await by_key.aclose()
    visit = await clinic.book(WEDNESDAY)
    assert await notices(clinic) == {}
    await clinic.act(visit, "reschedule", start=THURSDAY)
    assert await notices(clinic) == {}
    await tell(clinic, by_mail(desk), sources=["staff"])
    await clinic.act(visit, "cancel")
    assert [mail["Subject"] for mail in mailbox.to(desk)] == ["Rendez-vous annulé : 26/11/2026 à 15h00"]


async def test_several_changes_before_it_left_are_one(clinic: Clinic) -> None:
    """At night an SMS waits; in the morning it says how things are by then."""
    await tell(clinic, {"name": "Garde", "phone": "+33611223344", "channels": ["sms"]})
    await clinic.until("2026-11-17T22:00:00+01:00")
    visit = await clinic.book(WEDNESDAY)
    await clinic.act(visit, "reschedule", start=THURSDAY)
    assert await clinic.texts() == []
    await clinic.until("2026-11-18T09:00:00+01:00")
    told = "26/11/2026 à 15h00, VACCINATION, Dr Lefèvre, Milou, Élodie Plutôt, +33612345667"
    assert await clinic.texts() == [f"Rendez-vous ajouté : {told}"]
    assert await notices(clinic) == {"notice_added/sms@0": "withdrawn", "notice_added/sms@1": "sent"}


async def test_of_what_nobody_heard_no_cancellation_is_told(clinic: Clinic) -> None:
    await tell(clinic, {"name": "Garde", "phone": "+33611223344", "channels": ["sms"]})
    await clinic.until("2026-11-17T22:00:00+01:00")
    await clinic.act(await clinic.book(WEDNESDAY), "cancel")
    await clinic.until("2026-11-18T09:00:00+01:00")
    assert await notices(clinic) == {"notice_added/sms@0": "withdrawn"}


async def test_another_vet_is_a_move_each_time(clinic: Clinic, mailbox: Mailbox, desk: str) -> None:
    """Owners whose texts never named a vet hear nothing, and the revision stays theirs."""
    await tell(clinic, by_mail(desk))
    visit = await clinic.book(WEDNESDAY)
    for name in ("Dr Müller", "Dr Petit"):
        other = (await clinic.make("calendars", name=name, kind="practitioner"))["id"]
        await clinic.act(visit, "reschedule", start=WEDNESDAY, calendar_ids=[other])
    vets = [line for mail in mailbox.to(desk) for line in text_of(mail).splitlines() if "Avec" in line]
    assert vets == ["Avec : Dr Lefèvre", "Avec : Dr Müller", "Avec : Dr Petit"]


async def test_a_fax_leaves_as_an_e_mail_to_the_gateway(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-13: text alone, since it is printed."""
    number = f"33{uuid4().int % 10**9:09d}"
    await tell(clinic, {"name": "Annexe", "channels": ["fax"], "fax": f"+{number}"})
    await clinic.book(WEDNESDAY)
    (mail,) = mailbox.to(f"{number}@fax.example")
    assert mail.get_content_type() == "text/plain"
    assert "Rendez-vous ajouté : 25/11/2026 à 10h00" in mail.get_content()


async def test_who_was_taken_off_the_list_before_it_left_is_not_told(clinic: Clinic) -> None:
    garde = {"name": "Garde", "phone": "+33611223344", "channels": ["sms"]}
    await tell(clinic, garde)
    await clinic.until("2026-11-17T22:00:00+01:00")
    await clinic.book(WEDNESDAY)
    await tell(clinic, {**garde, "phone": "+33611223355"})
    await clinic.until("2026-11-18T09:00:00+01:00")
    assert await notices(clinic) == {"notice_added/sms@0": "recipient_removed"}
    assert await clinic.texts() == []


async def test_the_hour_that_the_owner_does_not_see(clinic: Clinic, mailbox: Mailbox, desk: str) -> None:
    """REM-5 is about what owners see."""
    await tell(clinic, by_mail(desk))
    await clinic.book("2026-11-25T11:30:00+01:00", appointment_type_id=clinic.surgery)
    (mail,) = mailbox.to(desk)
    assert mail["Subject"] == "Rendez-vous ajouté : 25/11/2026 à 11h30"


async def test_no_event_names_an_address(clinic: Clinic, desk: str) -> None:
    await tell(clinic, by_mail(desk))
    await clinic.book(WEDNESDAY)
    said = await clinic.events()
    assert any(event["data"].get("purpose") == "notice" for event in said)
    assert desk not in str(said)


async def test_a_mistake_in_the_list_is_refused_where_it_is(clinic: Clinic) -> None:
    for wrong, pointer in (
        ({"name": "Garde", "channels": ["sms"]}, "/staff_notices/recipients/0"),
        ({"name": "Garde", "phone": "0611223344", "channels": ["sms"]}, "/staff_notices/recipients/0/phone"),
    ):
        answer = await clinic.reminders.put(
            f"{clinic.path}/reminder-settings",
            json={"staff_notices": {"on": EVERY, "recipients": [wrong]}},
            headers={"If-Match": "*"},
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer
    answer = await clinic.reminders.put(
        f"{clinic.path}/reminder-settings", json={"fax_gateway": "fax@fax.example"}, headers={"If-Match": "*"}
    )
    assert answer.json()["errors"][0]["pointer"] == "/fax_gateway"
