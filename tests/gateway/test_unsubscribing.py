"""RFC 8058: an unsubscribe address as a mail provider and a browser reach it, through the public door."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from gateway.conftest import Front, front
from gateway.walking import practice_of

from vetagenda_reminders.channels.unsubscribing.rules import Recipient, sign


@pytest.fixture
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("unsubscribing"), "agenda", "reminders") as running:
        yield running


async def test_one_click_needs_no_key(platform: Front) -> None:
    practice = await practice_of(platform, "Clinique du Parc")
    async with platform.client(await platform.key(practice)) as staff, platform.client() as anybody:
        new = {"family_name": "Plutôt", "consents": {"email": True}}
        owner = (await staff.post(f"/v1/practices/{practice}/owners", json=new)).json()["id"]
        path = f"/v1/unsubscribe/{sign(Recipient(practice, UUID(owner)), platform.house.ring)}"
        page = await anybody.get(path)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "form-action 'self'" in page.headers["content-security-policy"]
        answer = await anybody.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)
        kept = await staff.get(f"/v1/practices/{practice}/owners/{owner}")
        assert kept.json()["consents"]["email"] is False
        assert (await anybody.get("/v1/unsubscribe/nonsense")).status_code == 404
