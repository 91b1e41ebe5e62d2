"""A test practice tries things out: what it sends by e-mail and fax stays on the platform."""

import pytest
from reminders.channels.test_email import WEDNESDAY
from reminders.clinic import Clinic
from reminders.mailbox import Mailbox

PEOPLE = {
    "on": ["added"],
    "sources": ["partner", "staff"],
    "recipients": [{"name": "Accueil", "channels": ["fax"], "fax": "+33145678901"}],
}


@pytest.mark.usefixtures("as_operators_have_it")
async def test_emails_and_faxes_of_a_test_practice_stay(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-1, REM-14: they end as `sent`, with their text, and no server gets them."""
    before = len(mailbox.kept)
    await clinic.choose(
        confirmation=["email", "sms"],
        reminders=[],
        push_lead_hours=[],
        staff_notices=PEOPLE,
        fax_gateway="{number}@fax.example",
    )
    await clinic.book(WEDNESDAY)
    rows = {row["channel"]: row for row in await clinic.ledger()}
    assert {name: (row["status"], row["delivery"]) for name, row in rows.items()} == {
        "email": ("sent", "sandbox"),
        "fax": ("sent", "sandbox"),
        "sms": ("sent", rows["sms"]["delivery"]),
    }
    assert rows["email"]["recipient"] == clinic.email
    assert "10h00" in rows["email"]["body"]
    assert rows["fax"]["recipient"] == "33145678901@fax.example"
    assert len(mailbox.kept) == before


@pytest.mark.usefixtures("as_operators_have_it")
async def test_the_timeline_says_that_it_stayed(clinic: Clinic) -> None:
    """REM-14."""
    await clinic.choose(confirmation=["email"], reminders=[], push_lead_hours=[])
    await clinic.book(WEDNESDAY)
    (row,) = await clinic.ledger()
    answer = await clinic.reminders.get(f"{clinic.path}/reminders/{row['id']}/timeline")
    assert [step["reason"] for step in answer.json()["items"] if step["what"] == "sent"] == ["sandbox"]


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("bounce", "failed", "undelivered"),
        ("mailbox-full+elodie", "failed", "undelivered"),
        ("Refused", "failed", "refused"),
        ("answer-lost", "failed", "outcome_unknown"),
        ("bounced", "sent", None),
    ],
)
@pytest.mark.usefixtures("as_operators_have_it")
async def test_magic_addresses_end_as_they_would_out_there(
    clinic: Clinic, mailbox: Mailbox, name: str, status: str, reason: str | None
) -> None:
    """PLAT-5."""
    before = len(mailbox.kept)
    await clinic.change(f"owners/{clinic.owner}", email=f"{name}@example.org")
    await clinic.choose(confirmation=["email"], reminders=[], push_lead_hours=[])
    await clinic.book(WEDNESDAY)
    (row,) = await clinic.ledger()
    assert (row["status"], row["skip_reason"]) == (status, reason)
    assert len(mailbox.kept) == before


@pytest.mark.parametrize(("name", "tried"), [("bounce", False), ("mailbox-full", True)])
@pytest.mark.usefixtures("as_operators_have_it")
async def test_an_address_that_bounces_is_not_written_to_again(
    clinic: Clinic, name: str, tried: bool
) -> None:
    """PLAT-5: a full mailbox is tried again, it may be emptied."""
    await clinic.change(f"owners/{clinic.owner}", email=f"{name}@example.org")
    await clinic.choose(confirmation=["email"], reminders=[], push_lead_hours=[])
    await clinic.book(WEDNESDAY)
    await clinic.book("2026-11-25T11:00:00+01:00")
    reasons = [row["skip_reason"] for row in await clinic.ledger()]
    assert sorted(reasons) == sorted(["undelivered", "undelivered" if tried else "address_bounced"])
