"""PART-2: the invitation reaches the owner by e-mail, with the link that connects them."""

import re
from typing import Any

import pytest
from agenda.partners.app import INVITATION_URL, TERMS
from reminders.clinic import Clinic
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox, text_of

from vetagenda_agenda.partners.inviting import order_emails
from vetagenda_reminders.service_emails.sending import send_due


@pytest.fixture
async def partner(clinic: Clinic) -> str:
    async with clinic.house.admin() as operator:
        body = {"name": "around.pet", "invitation_url": INVITATION_URL, **TERMS}
        partner = str((await operator.post("/v1/partners", json=body)).json()["id"])
    accepted = {"partner_id": partner, "terms_version": TERMS["terms_version"], "accepted_by": "Dr Roux"}
    answer = await clinic.agenda.post(f"{clinic.path}/partner-activations", json=accepted)
    assert answer.status_code == 201, answer.text
    return partner


async def invite(clinic: Clinic, partner: str) -> dict[str, Any]:
    body = {"partner_id": partner, "owner_id": clinic.owner}
    answer = await clinic.agenda.post(f"{clinic.path}/invitations", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def deliver(clinic: Clinic) -> None:
    for _ in range(2):  # ordered twice, it leaves once
        await order_emails(clinic.house.services["agenda"])
        await send_due(service_of(clinic))


async def test_the_link_in_the_mail_connects_the_owner(
    clinic: Clinic, partner: str, mailbox: Mailbox
) -> None:
    invited = await invite(clinic, partner)
    await deliver(clinic)
    (mail,) = mailbox.to(clinic.email)
    assert "around.pet" in mail["Subject"]
    written = text_of(mail)
    assert "1 décembre 2026" in written
    link = re.search(r"https://app\.around\.pet/invitation\?token=(\S+)", written)
    assert link is not None
    assert link[1] == invited["token"]


async def test_a_corrected_address_is_not_written_to_without_a_new_invitation(
    clinic: Clinic, partner: str, mailbox: Mailbox
) -> None:
    """Who reads it there could not connect with it: the practice invites again."""
    await invite(clinic, partner)
    await clinic.change(f"owners/{clinic.owner}", email="corrected@example.org")
    await deliver(clinic)
    assert mailbox.to("corrected@example.org") == []
    assert mailbox.to(clinic.email) == []


async def test_a_withdrawn_invitation_does_not_leave(clinic: Clinic, partner: str, mailbox: Mailbox) -> None:
    invited = await invite(clinic, partner)
    await clinic.agenda.delete(f"{clinic.path}/invitations/{invited['id']}")
    await deliver(clinic)
    assert mailbox.to(clinic.email) == []
