"""E-mails that other services order: at once, at most once, and nothing of them stays."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from harness import House
from reminders.clinic import Clinic
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox, html_of, text_of
from sqlalchemy import text

from vetagenda_kit.clock import system_now
from vetagenda_kit.peers import PeerProblem
from vetagenda_reminders.service_emails.sending import forget_old, send_due
from vetagenda_reminders.service_emails.wording import Kind
from vetagenda_reminders.service_emails.wording import text_of as wording_of

LINK = "https://app.example/invitation?token=abc.def"
VALUES = {"name": "Élodie Martin", "partner": "around.pet", "link": LINK, "until": "2026-12-07"}


def ordered(clinic: Clinic, to: str, **more: Any) -> dict[str, Any]:
    wanted = {"kind": "partner-invitation", "locale": "fr", "to": to, "values": VALUES}
    until = (system_now() + timedelta(days=1)).isoformat()
    return {"practice_id": str(clinic.id), "useful_until": until} | wanted | more


async def order(clinic: Clinic, email_id: UUID, body: dict[str, Any]) -> Any:
    agenda = clinic.house.services["agenda"]
    path = f"/internal/emails/{email_id}"
    return await agenda.peers.call(
        "reminders", "PUT", path, actor=agenda.actor, practices=[clinic.id], json=body
    )


async def status(clinic: Clinic, email_id: UUID) -> str:
    agenda = clinic.house.services["agenda"]
    answer = await agenda.peers.call(
        "reminders", "GET", f"/internal/emails/{email_id}", actor=agenda.actor, practices=[clinic.id]
    )
    return str(answer["status"])


def somebody() -> str:
    return f"{uuid4().hex}@example.org"


async def sealed(clinic: Clinic, email_id: UUID) -> bytes | None:
    async with service_of(clinic).db.jobs_reading() as session:
        found = await session.scalar(
            text("SELECT sealed FROM service_email WHERE id = :id"), {"id": email_id}
        )
        return None if found is None else bytes(found)


@pytest.mark.parametrize(
    ("locale", "subject"),
    [
        ("fr", "vous invite sur around.pet"),
        ("de-CH", "zu around.pet ein"),
        ("en", "invites you to around.pet"),
    ],
)
async def test_an_invitation_arrives_in_the_owners_language(
    clinic: Clinic, mailbox: Mailbox, locale: str, subject: str
) -> None:
    to, email_id = somebody(), uuid4()
    await order(clinic, email_id, ordered(clinic, to, locale=locale))
    await send_due(service_of(clinic))
    (mail,) = mailbox.to(to)
    assert subject in mail["Subject"]
    assert LINK in text_of(mail)
    assert f'href="{LINK}"' in html_of(mail)
    assert await status(clinic, email_id) == "sent"
    assert await sealed(clinic, email_id) is None


async def test_the_same_order_again_is_the_same_email(clinic: Clinic, mailbox: Mailbox) -> None:
    to, email_id = somebody(), uuid4()
    for _ in range(3):
        await order(clinic, email_id, ordered(clinic, to))
        await send_due(service_of(clinic))
    assert len(mailbox.to(to)) == 1


async def test_what_waits_is_sealed(clinic: Clinic) -> None:
    to, email_id = somebody(), uuid4()
    await order(clinic, email_id, ordered(clinic, to))
    kept = await sealed(clinic, email_id)
    assert kept is not None
    assert to.encode() not in kept
    assert b"abc.def" not in kept
    await send_due(service_of(clinic))


async def test_a_busy_server_is_asked_again_and_a_refusal_is_not(clinic: Clinic, mailbox: Mailbox) -> None:
    to, email_id = somebody(), uuid4()
    mailbox.answers = ["451 Try again later"]
    await order(clinic, email_id, ordered(clinic, to))
    await send_due(service_of(clinic))
    assert await status(clinic, email_id) == "planned"
    await due_now(clinic, email_id)
    await send_due(service_of(clinic))
    assert await status(clinic, email_id) == "sent"

    refused = uuid4()
    mailbox.recipient_answers = ["550 No such user"]
    await order(clinic, refused, ordered(clinic, somebody()))
    await send_due(service_of(clinic))
    assert await status(clinic, refused) == "failed"


async def test_what_may_have_left_before_a_crash_does_not_leave_again(
    clinic: Clinic, mailbox: Mailbox
) -> None:
    to, email_id = somebody(), uuid4()
    await order(clinic, email_id, ordered(clinic, to))
    await put(clinic, email_id, "status = 'sending'")
    await send_due(service_of(clinic))
    assert mailbox.to(to) == []
    assert await status(clinic, email_id) == "failed"


async def test_what_is_too_late_does_not_leave(clinic: Clinic, mailbox: Mailbox) -> None:
    to, email_id = somebody(), uuid4()
    past = (system_now() - timedelta(seconds=1)).isoformat()
    await order(clinic, email_id, ordered(clinic, to, useful_until=past))
    await send_due(service_of(clinic))
    assert mailbox.to(to) == []
    assert await status(clinic, email_id) == "expired"


async def test_an_order_that_lacks_a_value_is_refused_by_its_name(clinic: Clinic) -> None:
    values = {name: value for name, value in VALUES.items() if name != "link"}
    with pytest.raises(PeerProblem) as refused:
        await order(clinic, uuid4(), ordered(clinic, somebody(), values=values))
    assert refused.value.members["errors"][0]["pointer"] == "/values/link"


async def test_only_services_order(clinic: Clinic) -> None:
    body = ordered(clinic, somebody())
    answer = await clinic.reminders.put(f"/internal/emails/{uuid4()}", json=body)
    assert answer.status_code == 404


async def test_while_messages_are_held_only_who_signs_in_is_written_to(
    clinic: Clinic, house: House, mailbox: Mailbox
) -> None:
    invited, signing_in = somebody(), somebody()
    values = {"name": "Ana", "minutes": "15", "link": LINK}
    async with house.admin("reminders") as operator:
        await operator.put("/v1/reminders/hold", json={"active": True})
        await order(clinic, uuid4(), ordered(clinic, invited))
        await order(clinic, uuid4(), ordered(clinic, signing_in, kind="sign-in-link", values=values))
        await send_due(service_of(clinic))
        assert mailbox.to(invited) == []
        assert len(mailbox.to(signing_in)) == 1
        await operator.put("/v1/reminders/hold", json={"active": False})
    await send_due(service_of(clinic))
    assert len(mailbox.to(invited)) == 1


async def test_what_ended_long_ago_is_forgotten(clinic: Clinic) -> None:
    email_id = uuid4()
    await order(clinic, email_id, ordered(clinic, somebody()))
    await send_due(service_of(clinic))
    await put(clinic, email_id, "recorded_at = recorded_at - interval '31 days'")
    await forget_old(service_of(clinic))
    with pytest.raises(PeerProblem) as gone:
        await status(clinic, email_id)
    assert gone.value.status == 404


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_every_kind_is_written_in_every_language(kind: Kind, language: str) -> None:
    assert wording_of(kind, language).subject


async def due_now(clinic: Clinic, email_id: UUID) -> None:
    await put(clinic, email_id, "due_at = recorded_at")


async def put(clinic: Clinic, email_id: UUID, change: str) -> None:
    async with service_of(clinic).db.jobs_writing() as session:
        await session.execute(text(f"UPDATE service_email SET {change} WHERE id = :id"), {"id": email_id})
