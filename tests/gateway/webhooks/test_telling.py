"""That an endpoint was disabled reaches somebody by e-mail, once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from gateway.conftest import Front, front
from gateway.test_feed import Clinic
from gateway.webhooks.consumer import Consumer, consumer
from harness import eventually
from reminders.mailbox import Mailbox, text_of

from vetagenda_gateway.keys.bootstrap import create_admin_key
from vetagenda_gateway.webhooks.telling import without_query
from vetagenda_reminders.service_emails.sending import send_due


@pytest.fixture(scope="module")
async def mailbox() -> AsyncIterator[Mailbox]:
    async with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
async def platform(
    tmp_path_factory: pytest.TempPathFactory, nats_url: str, mailbox: Mailbox
) -> AsyncIterator[Front]:
    folder: Path = tmp_path_factory.mktemp("telling")
    smtp = {"reminders": mailbox.settings}
    async with front(
        folder, "agenda", "reminders", nats_url=nats_url, webhook_networks=["127.0.0.0/8"], told=smtp
    ) as running:
        yield running


@pytest.fixture
async def clinic(platform: Front) -> Clinic:
    operator = (await create_admin_key(platform.settings.database_url))[1]
    body = {"name": "Clinique du Parc", "time_zone": "Europe/Paris", "country": "FR", "locale": "fr"}
    async with platform.client(operator) as client:
        answer = await client.post("/v1/practices", json=body | {"email": "parc@example.org"})
    practice = UUID(answer.json()["id"])
    return Clinic(platform, practice, await platform.key(practice))


async def disabled_by_410(clinic: Clinic, receiver: Consumer, **more: Any) -> None:
    """The consumer answers that it is gone."""
    receiver.status = 410
    async with clinic.client() as client:
        path = f"{clinic.path}/webhook-endpoints"
        endpoint = (await client.post(path, json={"url": f"{receiver.url}?token=secret"} | more)).json()
        receiver.secret = endpoint["secret"]
        await client.post(f"{path}/{endpoint['id']}/test")

        async def gone() -> bool:
            found = await client.get(f"{path}/{endpoint['id']}")
            return bool(found.json()["disabled_reason"] == "gone")

        await eventually(gone)


async def arrived(platform: Front, mailbox: Mailbox, to: str) -> list[Any]:
    async def there() -> list[Any]:
        await send_due(platform.house.services["reminders"])
        return mailbox.to(to)

    found: list[Any] = await eventually(there, seconds=20)
    return found


@pytest.mark.parametrize("contact", [None, "dev@around.example"])
async def test_who_looks_after_it_is_written_to_once(
    platform: Front, clinic: Clinic, mailbox: Mailbox, contact: str | None
) -> None:
    async with consumer() as receiver:
        await disabled_by_410(clinic, receiver, contact_email=contact)
    to = contact or "parc@example.org"
    (mail,) = await arrived(platform, mailbox, to)
    assert mail["Subject"] == "Un webhook de Clinique du Parc est désactivé"
    written = text_of(mail)
    assert "n'existe plus (410)" in written
    assert "secret" not in written


def test_what_may_be_a_secret_is_not_written() -> None:
    assert without_query("https://user:pass@x.example:8443/hook?token=1#2") == "https://x.example:8443/hook"
