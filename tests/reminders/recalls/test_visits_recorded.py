"""REM-12: a visit that was recorded, without an appointment, is a later visit too."""

import pytest
from reminders.clinic import Clinic
from reminders.recalls.given import missed, reminded
from reminders.visits import counter


@pytest.mark.parametrize(("visited_on", "listed"), [("2026-12-13", 1), ("2026-12-14", 0), ("2026-12-16", 0)])
async def test_a_recorded_visit_ends_it(clinic: Clinic, visited_on: str, listed: int) -> None:
    """REM-12: the reminder left on the 14th."""
    await reminded(clinic)
    await counter.opened(clinic, visited_on=visited_on)
    assert len(await missed(clinic)) == listed


async def test_another_animals_visit_ends_nothing(clinic: Clinic) -> None:
    """REM-12."""
    await reminded(clinic)
    cat = await clinic.make("animals", owner_id=clinic.owner, name="Minou", species="cat")
    await counter.opened(clinic, visited_on="2026-12-16", animal_ids=[cat["id"]])
    assert len(await missed(clinic)) == 1


async def test_the_visit_in_which_it_was_given_is_no_later_one(clinic: Clinic) -> None:
    """REM-6, REM-12: one more was sent for the first administration itself, on the same day."""
    await counter.put_down(clinic, counter.MONTHLY, also_first=True)
    await clinic.until("2026-11-17T12:00:00+01:00")
    assert [one["occurrence"] for one in await missed(clinic)] == [0]
