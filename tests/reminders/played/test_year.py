"""PLAT-5: one call plays a year, and says what would have been sent."""

from typing import Any

import httpx
import pytest
from harness import House
from reminders.clinic import Clinic, furnished
from reminders.ladder.climbing import by_product

from vetagenda_contracts.sandbox import Phone

VISIT = "2026-11-25T10:00:00+01:00"
SHOWN = ("at", "channel", "recipient_kind", "purpose", "subject", "body", "outcome", "reason")

pytestmark = pytest.mark.usefixtures("as_operators_have_it")
WITH_A_SERVER = pytest.mark.parametrize("as_operators_have_it", ["a server"], indirect=True)
"""Where it makes no difference whether there is one."""
UNTIL_THE_REMINDER = 200


async def play(clinic: Clinic, key: str | None = None, **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await clinic.agenda.post(f"{clinic.path}/test/year", json=body, headers=headers)


async def played(clinic: Clinic, key: str | None = None, **body: Any) -> dict[str, Any]:
    answer = await play(clinic, key, **body)
    assert answer.status_code == 200, answer.text
    year: dict[str, Any] = answer.json()
    return year


async def hard_to_reach(clinic: Clinic) -> None:
    """A dog that was vaccinated, whose owner's telephone and mailbox are dead, and a visit next week."""
    await clinic.change(f"owners/{clinic.owner}", phone=Phone.UNREACHABLE, email="bounce+elodie@example.org")
    await clinic.choose(confirmation=["email"], reminders=[], push_lead_hours=[], notices=[])
    await by_product(clinic, "sms", "email", "letter", offset={"count": 6, "unit": "month"})
    await clinic.book(VISIT)


async def test_a_year_with_an_owner_who_is_hard_to_reach(clinic: Clinic) -> None:
    """The ladder goes on to the next channel: the number is dead, and the address came back when the visit
    was confirmed, so that nothing is written to it any more. The letter waited for somebody to print it."""
    await hard_to_reach(clinic)
    year = await played(clinic)
    assert [
        (each["purpose"], each["channel"], each["outcome"], each["reason"]) for each in year["messages"]
    ] == [
        ("confirmation", "email", "failed", "undelivered"),
        ("product", "sms", "failed", "undelivered"),
        ("product", "email", "skipped", "address_bounced"),
        ("product", "letter", "skipped", "too_late"),
    ]
    assert year["complete"]
    assert year["now"] == year["until"] == "2027-11-17T07:00:00Z"


@WITH_A_SERVER
async def test_the_same_practice_has_the_same_year(house: House, clinic: Clinic) -> None:
    other = await furnished(house, now="2026-11-17T08:00:00+01:00")
    years = []
    for each in (clinic, other):
        await hard_to_reach(each)
        years.append(await played(each, days=UNTIL_THE_REMINDER))
    await other.close()
    first, second = ([{name: each[name] for name in SHOWN} for each in year["messages"]] for year in years)
    assert len(first) == 4
    assert first == second
    assert years[0]["counts"] == years[1]["counts"]


@WITH_A_SERVER
async def test_the_same_call_again_gives_the_same_list(clinic: Clinic) -> None:
    """PART-10: and the clock has moved once."""
    await hard_to_reach(clinic)
    once: dict[str, Any] = {"key": "2027", "days": UNTIL_THE_REMINDER}
    first, again = await played(clinic, **once), await played(clinic, **once)
    assert again == first
    assert (await played(clinic, days=1))["since"] == first["now"]


@WITH_A_SERVER
async def test_what_left_is_shown_as_the_owner_reads_it(clinic: Clinic) -> None:
    """The texts, whom and what they are about, and what they count to."""
    await clinic.choose(confirmation=["sms"], reminders=[], push_lead_hours=[], notices=[])
    booked = await clinic.book(VISIT)
    year = await played(clinic, days=UNTIL_THE_REMINDER)
    (message,) = year["messages"]
    assert message["at"] == "2026-11-17T07:00:00Z"
    assert (message["channel"], message["outcome"], message["reason"]) == ("sms", "sent", None)
    assert (message["recipient_kind"], message["owner_id"]) == ("owner", clinic.owner)
    assert (message["appointment_id"], message["animal_ids"]) == (booked["id"], [clinic.animal])
    assert "25/11/2026 à 10h00" in message["body"]
    assert year["counts"] == [{"month": "2026-11", "channel": "sms", "outcome": "sent", "messages": 1}]


@WITH_A_SERVER
async def test_two_parts_are_the_whole_and_nothing_twice(clinic: Clinic) -> None:
    """A part ends before its last instant: what happens then is the next one's."""
    await by_product(clinic, "sms", offset={"count": 1, "unit": "month"})
    await clinic.until("2026-11-30T09:00:00+01:00")
    parts = [await played(clinic, days=days) for days in (7, 1, 7)]
    assert [len(part["messages"]) for part in parts] == [0, 1, 0]
    assert parts[1]["messages"][0]["at"] == parts[0]["now"] == "2026-12-07T08:00:00Z"


@pytest.mark.parametrize("days", [0, 401])
async def test_a_year_is_at_most_four_hundred_days(clinic: Clinic, days: int) -> None:
    answer = await play(clinic, days=days)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/days")


async def test_a_live_practice_has_no_year_to_play(house: House) -> None:
    live = await furnished(house, test=False)
    answer = await play(live)
    await live.close()
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
