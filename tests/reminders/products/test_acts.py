"""REM-8: acts beside products, in one catalogue and under two addresses."""

from typing import Any

from reminders.clinic import Clinic
from reminders.visits.counter import QUARTERLY, erase, offered, opened, read

ACT = {"name": "Vaccination CHPPi", "family": "vaccin", "category": "Vaccins", "without_offered": True}


async def names(clinic: Clinic, path: str) -> list[str]:
    answer = await clinic.reminders.get(f"{clinic.path}/{path}")
    return [each["name"] for each in answer.json()["items"]]


async def test_an_act_has_all_that_a_product_has(clinic: Clinic) -> None:
    """REM-8, REM-9."""
    act = await offered(clinic, QUARTERLY, path="acts", **ACT)
    product = await offered(clinic, name="Milbemax")
    assert {name: act[name] for name in ACT} == ACT
    assert (product["without_offered"], product["category"]) == (False, None)
    assert (await names(clinic, "acts"), await names(clinic, "products")) == ([ACT["name"]], ["Milbemax"])


async def test_an_act_is_no_product(clinic: Clinic) -> None:
    """Neither is found, changed, deleted or given under the other's address."""
    act = await offered(clinic, path="acts")
    path = f"{clinic.path}/products/{act['id']}"
    any_version = {"If-Match": "*"}
    body: dict[str, Any] = {"product_id": act["id"], "animal_id": clinic.animal}
    answers = [
        await clinic.reminders.get(path),
        await clinic.reminders.patch(path, json={"family": "x"}, headers=any_version),
        await clinic.reminders.delete(path, headers=any_version),
        await clinic.reminders.post(f"{clinic.path}/administrations", json=body),
        await clinic.reminders.post(f"{clinic.path}/visits/{await opened(clinic)}/lines", json=body),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert (await read(clinic, f"acts/{act['id']}"))["version"] == 1


async def test_an_act_is_changed_and_deleted_and_each_is_told(clinic: Clinic) -> None:
    """PART-9; a rule that an act offers is in use."""
    act = await offered(clinic, QUARTERLY, path="acts")
    rule = f"{clinic.path}/reminder-rules/{act['rule_ids'][0]}"
    used = await clinic.reminders.delete(rule, headers={"If-Match": "*"})
    assert (used.status_code, used.json()["code"]) == (409, "rule-in-use")
    await clinic.change(f"acts/{act['id']}", category="Vaccins", family=None)
    assert (await read(clinic, f"acts/{act['id']}"))["category"] == "Vaccins"
    await erase(clinic, f"acts/{act['id']}")
    told = [event["type"] for event in await clinic.events() if event["data"]["aggregate_id"] == act["id"]]
    assert told == [f"reminders.act.{what}" for what in ("created", "updated", "deleted")]
