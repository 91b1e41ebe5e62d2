"""PLAT-2: the history tells for ever who changed what when, and for three years in which words."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from agenda.conftest import Clinic, furnished
from harness import House
from sqlalchemy import text

from vetagenda_agenda.retention.jobs import retention
from vetagenda_kit.clock import system_now

WORDS = {"title": "BOITERIE Wortmark", "notes": "vient avec sa voisine", "phone": "06 12 34 56 78"}


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    clinic = await furnished(house, test=True, now="2031-03-04T08:00:00Z")
    yield clinic
    await clinic.http.aclose()


async def clock(clinic: Clinic, now: str) -> None:
    answer = await clinic.http.post(f"{clinic.path}/test/clock", json={"now": now})
    assert answer.status_code == 200, answer.text


async def patched(clinic: Clinic, path: str, **body: Any) -> None:
    answer = await clinic.http.patch(f"{clinic.path}/{path}", json=body, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


async def as_of(clinic: Clinic, instant: str) -> dict[str, Any]:
    answer = await clinic.http.get(f"{clinic.path}/appointments", params={"as_of": instant})
    (item,) = answer.json()["items"]
    found: dict[str, Any] = item
    return found


async def history(clinic: Clinic) -> str:
    query = text("SELECT CAST(before AS text), CAST(after AS text) FROM change WHERE practice_id = :id")
    async with clinic.house.services["agenda"].db.jobs_reading() as session:
        return str((await session.execute(query, {"id": clinic.id})).all())


async def visited(clinic: Clinic) -> str:
    """Booked on 4 March 2031, said otherwise a day later; a number changes a month later."""
    booked = (await clinic.book("2031-03-04T10:00:00Z", owner_id=clinic.owner, **WORDS)).json()
    await clock(clinic, "2031-03-05T08:00:00Z")
    await patched(clinic, f"appointments/{booked['id']}", title="CONTROLE", notes="", phone=None)
    await clock(clinic, "2031-04-04T08:00:00Z")
    await patched(clinic, f"owners/{clinic.owner}", phone="06 99 99 99 99")
    return str(booked["id"])


async def test_words_go_after_three_years_and_times_stay(clinic: Clinic) -> None:
    appointment = await visited(clinic)
    await clock(clinic, "2034-03-03T07:00:00Z")  # the next day the oldest words are three years old
    assert (await as_of(clinic, "2031-03-04T12:00:00Z"))["title"] == WORDS["title"]
    await clock(clinic, "2034-03-05T08:00:01Z")
    then = await as_of(clinic, "2031-03-04T12:00:00Z")
    assert (then["title"], then["notes"], then["phone"]) == ("", "", None)
    assert (then["start"], then["status"], then["owner_id"]) == (
        "2031-03-04T10:00:00Z",
        "confirmed",
        clinic.owner,
    )
    assert "06 12 34 56 67" in await history(clinic), "the owner's first number is younger"
    await clock(clinic, "2034-04-05T08:00:00Z")
    left = await history(clinic)
    assert [word for word in (*WORDS.values(), "06 12 34 56 67") if word in left] == []
    changes = await clinic.http.get(f"{clinic.path}/appointments/{appointment}/history")
    told = [each["event_type"] for each in changes.json()]
    assert told == ["agenda.appointment.booked", "agenda.appointment.updated"]


async def test_what_still_holds_stays_whole(clinic: Clinic) -> None:
    """Of a record that nobody has touched for years the last entry is what it is."""
    appointment = await visited(clinic)
    await clock(clinic, "2035-01-01T08:00:00Z")
    assert (await as_of(clinic, "2034-12-31T08:00:00Z"))["title"] == "CONTROLE"
    record = (await clinic.http.get(f"{clinic.path}/appointments/{appointment}")).json()
    assert record["title"] == "CONTROLE"
    owner = (await clinic.http.get(f"{clinic.path}/owners/{clinic.owner}")).json()
    assert (owner["family_name"], owner["consents"]["sms"]) == ("Plutôt", True)


async def test_what_is_forgotten_is_not_undone(clinic: Clinic) -> None:
    appointment = await visited(clinic)
    await clock(clinic, "2034-04-05T08:00:00Z")
    answer = await clinic.http.post(
        f"{clinic.path}/changes/undo", json={"from": "2031-03-05T00:00:00Z", "to": "2031-03-06T00:00:00Z"}
    )
    assert answer.status_code == 200, answer.text
    record = (await clinic.http.get(f"{clinic.path}/appointments/{appointment}")).json()
    assert record["title"] == "CONTROLE"


@pytest.mark.parametrize(("days", "left"), [(3 * 365 - 1, True), (3 * 365 + 1, False)])
async def test_live_practices_by_the_hour(house: House, days: int, left: bool) -> None:
    clinic = await furnished(house)
    await patched(clinic, f"owners/{clinic.owner}", family_name="Neumann")
    then = system_now() - timedelta(days=days)
    service = house.services["agenda"]
    async with service.db.jobs_writing() as session:
        aged = text("UPDATE change SET at = :then WHERE practice_id = :practice")
        await session.execute(aged, {"then": then, "practice": clinic.id})
    await retention().forget(service, None, system_now())
    assert ("Plutôt" in await history(clinic)) is left
    assert "Neumann" in await history(clinic)
    await clinic.http.aclose()
