"""Templates, rules, products and settings over HTTP: versions, deletion, and whose they are."""

from typing import Any

import pytest
from harness import House
from reminders.clinic import Clinic, furnished

TEMPLATE = {"name": "Vermifuge", "category": "Parasites", "texts": {"sms": {"body": "Pour {animal}"}}}
RULE = {"name": "Mensuel", "offset": {"count": 1, "unit": "month"}, "channels": ["sms"]}


async def test_a_record_is_made_read_changed_and_deleted_under_its_version(clinic: Clinic) -> None:
    for path, body in (("templates", TEMPLATE), ("reminder-rules", RULE), ("products", {"name": "Milbemax"})):
        made = await clinic.make(path, **body)
        one = f"{clinic.path}/{path}/{made['id']}"
        stale = await clinic.reminders.patch(one, json={"name": "Neu"}, headers={"If-Match": '"9"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
        missing = await clinic.reminders.patch(one, json={"name": "Neu"})
        assert missing.status_code == 428
        changed = await clinic.reminders.patch(one, json={"name": "Neu"}, headers={"If-Match": '"1"'})
        assert (changed.json()["name"], changed.headers["ETag"]) == ("Neu", '"2"')
        listed = (await clinic.reminders.get(f"{clinic.path}/{path}")).json()
        assert [each["name"] for each in listed["items"]] == ["Neu"]
        assert (await clinic.reminders.delete(one, headers={"If-Match": '"2"'})).status_code == 204
        assert (await clinic.reminders.get(one)).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "needed", "clearable"),
    [
        ("templates", TEMPLATE, ("name", "texts"), ("category",)),
        (
            "reminder-rules",
            RULE,
            ("name", "offset", "anchor", "days_before", "channels"),
            ("recurrence", "template_id"),
        ),
        ("products", {"name": "Milbemax", "family": "Vers"}, ("name", "rule_ids"), ("family",)),
    ],
)
async def test_null_empties_what_may_be_empty_and_nothing_else(
    clinic: Clinic, path: str, body: dict[str, Any], needed: tuple[str, ...], clearable: tuple[str, ...]
) -> None:
    made = await clinic.make(path, **body)
    one, any_version = f"{clinic.path}/{path}/{made['id']}", {"If-Match": "*"}
    for name in needed:
        refused = await clinic.reminders.patch(one, json={name: None}, headers=any_version)
        assert (refused.status_code, refused.json()["errors"]) == (
            422,
            [{"pointer": f"/{name}", "detail": "this cannot be empty"}],
        )
    assert (await clinic.reminders.get(one)).json() == made
    emptied = await clinic.reminders.patch(one, json=dict.fromkeys(clearable), headers=any_version)
    assert emptied.status_code == 200
    assert {name: emptied.json()[name] for name in clearable} == dict.fromkeys(clearable)


async def test_a_rules_dates_and_repetition_change_together_or_alone(clinic: Clinic) -> None:
    made = await clinic.make("reminder-rules", **RULE)
    repeated = {"every": {"count": 2, "unit": "month"}, "count": 3}
    offset = {"count": 10, "unit": "day"}
    await clinic.change(f"reminder-rules/{made['id']}", recurrence=repeated)
    await clinic.change(f"reminder-rules/{made['id']}", offset=offset, channels=["email"], days_before=1)
    now = (await clinic.reminders.get(f"{clinic.path}/reminder-rules/{made['id']}")).json()
    changed = {
        "offset": offset,
        "recurrence": repeated,
        "channels": ["email"],
        "days_before": 1,
        "version": 3,
    }
    assert now == made | changed


async def test_lists_are_paged(clinic: Clinic) -> None:
    names = [f"Produit {number}" for number in range(5)]
    for name in names:
        await clinic.make("products", name=name)
    seen, cursor = [], None
    while True:
        params: dict[str, Any] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await clinic.reminders.get(f"{clinic.path}/products", params=params)).json()
        seen += [each["name"] for each in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == names


async def test_the_ledger_is_paged_by_due_time(clinic: Clinic) -> None:
    await clinic.book("2026-11-25T10:00:00+01:00")
    whole = [row["id"] for row in await clinic.ledger()]
    seen, cursor = [], None
    while True:
        params: dict[str, Any] = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await clinic.reminders.get(f"{clinic.path}/reminders", params=params)).json()
        seen += [each["id"] for each in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == whole
    assert len(seen) == 4


async def test_what_is_in_use_stays(clinic: Clinic) -> None:
    template = await clinic.make("templates", **TEMPLATE)
    rule = await clinic.make("reminder-rules", **(RULE | {"template_id": template["id"]}))
    await clinic.make("products", name="Milbemax", rule_ids=[rule["id"]])
    for path, code in (
        (f"templates/{template['id']}", "template-in-use"),
        (f"reminder-rules/{rule['id']}", "rule-in-use"),
    ):
        answer = await clinic.reminders.delete(f"{clinic.path}/{path}", headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_settings_have_defaults_and_a_version(clinic: Clinic) -> None:
    path = f"{clinic.path}/reminder-settings"
    defaults = await clinic.reminders.get(path)
    assert defaults.headers["ETag"] == '"0"'
    body = defaults.json()
    assert (body["confirmation"], body["push_lead_hours"]) == (["sms"], [25, 1])
    assert [one["state"] for one in body["reminders"]] == ["on", "off"]
    put = await clinic.reminders.put(path, json=body | {"send_hour": "10:30"}, headers={"If-Match": '"0"'})
    assert (put.status_code, put.headers["ETag"]) == (200, '"1"')
    assert (await clinic.reminders.get(path)).json()["send_hour"] == "10:30:00"
    stale = await clinic.reminders.put(path, json=body, headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    unread = await clinic.reminders.put(path, json=body)
    assert (unread.status_code, unread.json()["code"]) == (428, "version-required")
    assert (await clinic.reminders.get(path)).json()["send_hour"] == "10:30:00"


async def test_the_first_settings_need_no_version(clinic: Clinic) -> None:
    first = await clinic.reminders.put(f"{clinic.path}/reminder-settings", json={})
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')


@pytest.mark.parametrize(
    ("settings", "pointer"),
    [
        ({"confirmation": ["sms", "sms"]}, "/confirmation/1"),
        ({"notices": ["sms", "email", "sms"]}, "/notices"),
        ({"reminders": [{"channels": ["email", "email"]}]}, "/reminders/0/channels/1"),
        ({"push_lead_hours": [25, 1, 25]}, "/push_lead_hours/2"),
    ],
)
async def test_a_channel_or_hour_is_chosen_once(
    clinic: Clinic, settings: dict[str, Any], pointer: str
) -> None:
    answer = await clinic.reminders.put(f"{clinic.path}/reminder-settings", json=settings)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_every_change_of_a_record_is_one_event(clinic: Clinic) -> None:
    """PART-9."""
    made = await clinic.make("templates", **TEMPLATE)
    await clinic.change(f"templates/{made['id']}", name="Neu")
    await clinic.reminders.delete(f"{clinic.path}/templates/{made['id']}", headers={"If-Match": "*"})
    await clinic.choose()
    assert [(event["type"], event["data"]["version"]) for event in await clinic.events()] == [
        ("reminders.template.created", 1),
        ("reminders.template.updated", 2),
        ("reminders.template.deleted", 3),
        ("reminders.settings.updated", 1),
    ]


async def test_another_practices_things_do_not_exist(clinic: Clinic, house: House) -> None:
    """PART-6."""
    await clinic.book("2026-11-25T10:00:00+01:00")
    template = await clinic.make("templates", **TEMPLATE)
    (row,) = await clinic.ledger(status="sent")
    other = await furnished(house, now="2026-11-17T08:00:00+01:00")
    for path in (f"templates/{template['id']}", f"reminders/{row['id']}"):
        assert (await other.reminders.get(f"{other.path}/{path}")).status_code == 404
        assert (await other.reminders.get(f"{clinic.path}/{path}")).status_code == 404
    assert await other.ledger() == []
    cancel = await other.reminders.post(f"{other.path}/reminders/{row['id']}/cancel")
    assert cancel.status_code == 404
    rule = await other.reminders.post(
        f"{other.path}/reminder-rules", json=RULE | {"template_id": template["id"]}
    )
    assert rule.status_code == 404
    await other.close()


async def test_scopes_are_asked_for(clinic: Clinic, house: House) -> None:
    async with house.client("reminders", clinic.id, scopes=["reminders:read"]) as reader:
        assert (await reader.get(f"{clinic.path}/reminders")).status_code == 200
        refused = await reader.post(f"{clinic.path}/templates", json=TEMPLATE)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
