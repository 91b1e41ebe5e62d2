"""REM-6, REM-7: what was given, to be read again; and its name, once it is off the list of products."""

from typing import Any

import pytest
from reminders.clinic import Clinic
from reminders.recalls.given import give
from reminders.visits import counter


async def page(clinic: Clinic, **params: Any) -> dict[str, Any]:
    answer = await clinic.reminders.get(f"{clinic.path}/administrations", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_one_administration_with_what_it_planned(clinic: Clinic) -> None:
    """REM-14: also what was sent or withdrawn."""
    given = await give(clinic)
    answer = await clinic.reminders.get(f"{clinic.path}/administrations/{given['id']}")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    shown = answer.json()
    assert shown == {key: given[key] for key in shown}
    assert [row["due_on"] for row in shown["reminders"]] == ["2026-12-17"]
    nowhere = await clinic.reminders.get(f"{clinic.path}/administrations/{clinic.animal}")
    assert nowhere.status_code == 404


async def test_the_list_by_animal_and_product_page_by_page(clinic: Clinic) -> None:
    """REM-7: the first recorded first, also by a visit's line."""
    first, second = await give(clinic), await give(clinic)
    line = await counter.put_down(clinic, custom_on="2026-11-20", channels=["sms"])
    every = [first["id"], second["id"], line["administration_id"]]
    assert [one["id"] for one in (await page(clinic))["items"]] == every
    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        found = await page(clinic, limit=1, animal_id=clinic.animal, **cursor)
        seen += [one["id"] for one in found["items"]]
        if found["next"] is None:
            break
        cursor = {"cursor": found["next"]}
    assert seen == every
    by_product = await page(clinic, product_id=second["product_id"])
    assert [one["id"] for one in by_product["items"]] == [second["id"]]
    assert (await page(clinic, animal_id=clinic.owner))["items"] == []


@pytest.mark.parametrize("renamed", [False, True])
async def test_a_product_that_is_gone_is_named_as_it_was(clinic: Clinic, renamed: bool) -> None:
    """REM-9: by its last name, in every reminder that is still to come."""
    given = await give(clinic)
    if renamed:
        await clinic.change(f"products/{given['product_id']}", name="RAGE 2")
    await counter.erase(clinic, f"products/{given['product_id']}")
    await clinic.until("2026-12-14T10:00:00+01:00")
    (text,) = await clinic.texts()
    assert f"Milou : RAGE{' 2' if renamed else ''}, prévu le 17/12/2026" in text
