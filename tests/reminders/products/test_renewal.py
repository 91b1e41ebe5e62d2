"""REM-11: what is renewed early, its older reminders are proposed and taken out."""

from typing import Any

import pytest
from reminders.clinic import Clinic
from reminders.visits.counter import MONTHLY, QUARTERLY, add, alter, offered, opened, put_down

YEARLY = QUARTERLY | {"name": "Chaque année", "offset": {"count": 1, "unit": "year"}, "recurrence": None}


async def give(clinic: Clinic, product: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = {"product_id": product["id"], "animal_id": clinic.animal} | fields
    return await clinic.make("administrations", **body)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


async def waiting(clinic: Clinic) -> list[str]:
    return ids(await clinic.ledger(status="planned"))


async def test_what_waits_for_the_same_is_proposed_and_stays(clinic: Clinic) -> None:
    product = await offered(clinic, YEARLY)
    first = await give(clinic, product)
    again = await give(clinic, product)
    assert (first["earlier"], ids(again["earlier"])) == ([], ids(first["reminders"]))
    assert set(await waiting(clinic)) == {*ids(first["reminders"]), *ids(again["reminders"])}


async def test_it_is_taken_out_at_once_when_that_is_wished(clinic: Clinic) -> None:
    """By a person's wish, in the same transaction: `cancelled`, each told."""
    product = await offered(clinic, QUARTERLY)
    first = await give(clinic, product)
    again = await give(clinic, product, withdraw_earlier=True)
    assert ids(again["earlier"]) == ids(first["reminders"])
    assert await waiting(clinic) == ids(again["reminders"])
    told = await clinic.events("reminders.reminder.cancelled")
    assert [event["data"]["aggregate_id"] for event in told] == ids(first["reminders"])


async def test_or_later(clinic: Clinic) -> None:
    """What was recorded afterwards stays; a second answer finds nothing more."""
    product = await offered(clinic, YEARLY)
    first, again = await give(clinic, product), await give(clinic, product)
    newest = await give(clinic, product)
    path = f"{clinic.path}/administrations/{again['id']}/withdraw-earlier"
    for expected in (ids(first["reminders"]), []):
        answer = await clinic.reminders.post(path)
        assert (answer.status_code, ids(answer.json()["withdrawn"])) == (200, expected)
    assert await waiting(clinic) == [*ids(again["reminders"]), *ids(newest["reminders"])]
    nowhere = path.replace(again["id"], clinic.animal)
    assert (await clinic.reminders.post(nowhere)).status_code == 404


@pytest.mark.parametrize(
    ("family", "proposed"), [("Vaccin", True), (" vaccin ", True), ("vermifuge", False), (None, False)]
)
async def test_one_of_the_same_family_renews_too(clinic: Clinic, family: str | None, proposed: bool) -> None:
    """A product and an act alike."""
    act = await offered(clinic, YEARLY, path="acts", name="Rappel CHPPi", family="vaccin")
    visit = await opened(clinic)
    first = await add(clinic, visit, act_id=act["id"])
    product = await offered(clinic, YEARLY, name="Autre", family=family)
    again = await give(clinic, product)
    assert ids(again["earlier"]) == (ids(first["reminders"]) if proposed else [])


async def test_another_animal_renews_nothing(clinic: Clinic) -> None:
    product = await offered(clinic, YEARLY)
    await give(clinic, product)
    other = await clinic.make("animals", owner_id=clinic.owner, name="Tintin", species="dog")
    assert (await give(clinic, product, animal_id=other["id"]))["earlier"] == []


async def test_the_check_can_be_switched_off(clinic: Clinic) -> None:
    await clinic.choose(check_earlier=False)
    product = await offered(clinic, YEARLY)
    first = await give(clinic, product)
    again = await give(clinic, product, withdraw_earlier=True)
    path = f"{clinic.path}/administrations/{again['id']}/withdraw-earlier"
    assert (again["earlier"], (await clinic.reminders.post(path)).json()) == ([], {"withdrawn": []})
    assert set(await waiting(clinic)) == {*ids(first["reminders"]), *ids(again["reminders"])}


async def test_a_line_proposes_too_and_takes_out(clinic: Clinic) -> None:
    """Also while it is red; what it renews is not its own, nor what came after it."""
    first = await put_down(clinic, YEARLY)
    product = {"id": first["product_id"]}
    second = await add(clinic, first["visit_id"], product_id=product["id"])
    assert ids(second["earlier"]) == ids(first["reminders"])
    rules = [each["id"] for each in first["choices"]["rules"]]
    other = await clinic.make("reminder-rules", **MONTHLY)
    await clinic.change(f"products/{product['id']}", rule_ids=[*rules, other["id"]])
    red = await add(clinic, first["visit_id"], product_id=product["id"])
    assert (red["status"], len(red["earlier"])) == ("red", 2)
    await alter(clinic, second, withdraw_earlier=True)
    assert await waiting(clinic) == ids(second["reminders"])
