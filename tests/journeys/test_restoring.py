"""SYNC-6, PLAT-2: a backup is put back over newer data, and what Google knows better is asked about first."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness import eventually
from journeys.clinic import Clinic, open_clinic
from peers.google import GoogleStandIn

from vetagenda_embedded.platform import Platform
from vetagenda_embedded.postgres import Postgres
from vetagenda_embedded.settings import PlatformSettings

READS = {"events.list", "events.get", "calendars.get"}


@dataclass
class Backup:
    """The folders that docs/operations.md names, copied while nothing ran."""

    home: Path
    kept: Path

    @property
    def _folders(self) -> dict[Path, Path]:
        database = Postgres(self.home / "postgres", durable=False).place.folder
        return {self.home: self.kept / "home", database: self.kept / "database"}

    def take(self) -> None:
        self.kept.mkdir()
        for folder, copy in self._folders.items():
            _copied(folder, copy)

    def put_back(self) -> None:
        for folder, copy in self._folders.items():
            shutil.rmtree(folder)
            _copied(copy, folder)


def _copied(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", source, target], check=True)  # owners and modes as they are


@pytest.fixture
def settings(tmp_path: Path) -> Any:
    home = tmp_path / "home"
    with GoogleStandIn() as google:
        google.add_account("vet@example.org")
        google.authorization.signed_in = "vet@example.org"
        yield (
            PlatformSettings(home, port=0, durable=False, services={"calendar-sync": google.unpaced}),
            google,
        )
    Postgres(home / "postgres", durable=False).remove()


@asynccontextmanager
async def again(settings: PlatformSettings, clinic: Clinic) -> AsyncIterator[Clinic]:
    """The same clinic on a platform that was started anew."""
    async with Platform(settings) as platform, httpx.AsyncClient(base_url=platform.base_url) as http:
        yield Clinic(http, clinic.key, clinic.practice_id)


async def link_a_vet(clinic: Clinic) -> str:
    vet = (await clinic.call("GET", "calendars"))["items"][0]["id"]
    link: str = (await clinic.call("POST", "calendar-links", json={"calendar_id": vet}))["id"]
    started = await clinic.call("GET", "calendar-links/google/start", params={"calendar_link_id": link})
    async with httpx.AsyncClient() as browser:
        asked = await browser.get(started["url"])
        assert (await browser.get(asked.headers["location"])).is_success
    return link


async def synced(clinic: Clinic, link: str) -> Any:
    wanted = (await clinic.call("POST", f"calendar-links/{link}/sync"))["cycle"]

    async def over() -> Any:
        now = await clinic.call("GET", f"calendar-links/{link}")
        return now if now["last_cycle"] >= wanted else None

    return await eventually(over, seconds=60)


async def book(clinic: Clinic, title: str, hour: int) -> str:
    vet = (await clinic.call("GET", "calendars"))["items"][0]["id"]
    day = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=2)
    time = {"start": day.isoformat(), "end": (day + timedelta(minutes=20)).isoformat()}
    booked = {"calendar_ids": [vet], "title": title, **time}
    made: str = (await clinic.call("POST", "appointments", json=booked))["id"]
    return made


async def standing(clinic: Clinic) -> list[str]:
    found = await clinic.every("appointments")
    return sorted(each["title"] for each in found if each["status"] != "cancelled")


async def test_after_a_restore_each_link_asks_before_anything_is_written(
    settings: tuple[PlatformSettings, GoogleStandIn], tmp_path: Path
) -> None:
    usual, google = settings
    backup = Backup(usual.home, tmp_path / "backup")
    async with Platform(usual) as platform, open_clinic(platform) as clinic:
        link = await link_a_vet(clinic)
        await book(clinic, "KEPT", 10)
        cancelled = await book(clinic, "CANCELLED", 11)
        await synced(clinic, link)
    await asyncio.to_thread(backup.take)
    async with again(usual, clinic) as clinic:
        await book(clinic, "LATER", 12)
        version = (await clinic.call("GET", f"appointments/{cancelled}"))["version"]
        await clinic.call(
            "POST",
            f"appointments/{cancelled}/cancel",
            json={"by": "owner"},
            headers={"If-Match": f'"{version}"'},
        )
        await synced(clinic, link)
    await asyncio.to_thread(backup.put_back)
    google.calls.clear()
    async with again(replace(usual, restored=True), clinic) as clinic:
        asking = await synced(clinic, link)
        assert (asking["state"], asking["state_reason"]) == ("needs_rebase", "agenda-restored: 2")
        assert google.calls.by_method().keys() <= READS
        assert await standing(clinic) == ["CANCELLED", "KEPT"]
        (waiting,) = (await clinic.call("GET", f"calendar-links/{link}/decisions"))["items"]
        assert (waiting["kind"], waiting["counts"]) == ("rebase", {"recreate": 1, "cancel": 1})
    async with again(usual, clinic) as clinic:
        assert (await synced(clinic, link))["state"] == "needs_rebase", (
            "said once, it stays until somebody decides"
        )
        decision = {"kind": "rebase", "choice": "remote_wins"}
        await clinic.call("POST", f"calendar-links/{link}/decisions", json=decision)
        assert (await synced(clinic, link))["state"] == "active"
        assert await standing(clinic) == ["KEPT", "LATER"]
    assert [each["summary"] for each in google.phone().sees()] == ["KEPT", "LATER"]
