"""PLAT-2: after an erasure nothing of the person is left anywhere, and their appointments are times."""

from pathlib import Path
from typing import Any

import pytest
from calendar_sync.caldav.practice import DavPractice
from harness import House
from privacy.life import MARKS, Life
from privacy.searching import in_files, in_streams, in_tables

from vetagenda_agenda.erasures.jobs import go_on

ORDER = {"reason": "owner_request", "cancel_upcoming": True}


async def erased(life: Life) -> dict[str, Any]:
    """Asked for, and followed by everybody."""
    asked = await life.ask("agenda", "POST", f"owners/{life.owner}/erasure", json=ORDER)
    assert asked.status_code == 202
    for _ in range(6):
        await go_on(life.house.services["agenda"], asked.json()["id"])
        state: dict[str, Any] = (await life.ask("agenda", "GET", f"owners/{life.owner}/erasure")).json()
        if state["status"] == "done":
            break
        await life.practice.settle()
        await life.practice.cycle()
    return state


async def test_nothing_of_the_person_is_left_anywhere(
    practice: DavPractice, house: House, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    life = await Life(practice).played()
    before = await in_tables(house, MARKS)
    known = {
        "agenda.owner",
        "agenda.animal",
        "agenda.appointment",
        "agenda.change",
        "agenda.document",
        "agenda.import_line",
        "agenda.idempotency",
        "calendar_sync.sync_base",
        "calendar_sync.sync_event",
        "calendar_sync.sync_conflict",
        "reminders.reminder",
        "sms.message",
        "sms.idempotency",
    }
    assert known - before.keys() == set(), "the life did not reach these"
    assert in_files(folder / "documents", MARKS)
    state = await erased(life)
    assert state["status"] == "done", state
    assert await in_tables(house, MARKS) == {}
    assert await in_streams(house, MARKS) == {}
    assert in_files(folder, MARKS) == {}
    there = "\n".join(practice.phone.texts().values()).lower()
    assert [mark for mark in MARKS if mark.lower() in there] == []
    said = "".join(capfd.readouterr()).lower()
    assert [mark for mark in MARKS if mark.lower() in said] == []
