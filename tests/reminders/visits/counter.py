"""A visit's counter as people use it: a catalogue with templates, a visit, its lines."""

from typing import Any

from reminders.clinic import Clinic

QUARTERLY = {
    "name": "Tous les 3 mois, 4 fois",
    "offset": {"count": 3, "unit": "months"},
    "days_before": 3,
    "recurrence": {"every": {"count": 3, "unit": "months"}, "count": 4},
    "channels": ["sms"],
}
MONTHLY = {
    "name": "Tous les mois, 10 fois",
    "offset": {"count": 1, "unit": "month"},
    "recurrence": {"every": {"count": 1, "unit": "month"}, "count": 10},
    "channels": ["sms"],
}
TEXTS = {"sms": {"body": "{product} pour {animal} le {due_date}"}}


async def template(clinic: Clinic, texts: dict[str, Any] = TEXTS) -> str:
    return str((await clinic.make("templates", name="Vermifuge", texts=texts))["id"])


async def offered(
    clinic: Clinic, *rules: dict[str, Any], path: str = "products", **fields: Any
) -> dict[str, Any]:
    """A product or an act with these rules, each with a template unless it says otherwise."""
    ids = []
    for rule in rules:
        named = rule if "template_id" in rule else rule | {"template_id": await template(clinic)}
        ids.append((await clinic.make("reminder-rules", **named))["id"])
    return await clinic.make(path, **({"name": "Milbemax", "rule_ids": ids} | fields))


async def opened(clinic: Clinic, **fields: Any) -> str:
    made = await clinic.make("visits", **({"animal_ids": [clinic.animal]} | fields))
    return str(made["id"])


async def add(clinic: Clinic, visit: str, **fields: Any) -> dict[str, Any]:
    return await clinic.make(f"visits/{visit}/lines", **({"animal_id": clinic.animal} | fields))


async def put_down(clinic: Clinic, *rules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A visit of today with one line of a product that offers these rules."""
    product = await offered(clinic, *rules)
    return await add(clinic, await opened(clinic), product_id=product["id"], **fields)


async def alter(clinic: Clinic, line: dict[str, Any], **fields: Any) -> dict[str, Any]:
    await clinic.change(at(line), **fields)
    return await read(clinic, at(line))


def at(line: dict[str, Any]) -> str:
    return f"visits/{line['visit_id']}/lines/{line['id']}"


async def read(clinic: Clinic, path: str) -> dict[str, Any]:
    answer = await clinic.reminders.get(f"{clinic.path}/{path}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def erase(clinic: Clinic, path: str) -> None:
    answer = await clinic.reminders.delete(f"{clinic.path}/{path}", headers={"If-Match": "*"})
    assert answer.status_code == 204, answer.text


def due(line: dict[str, Any]) -> list[str]:
    """The days of what still waits."""
    return [row["due_on"] for row in line["reminders"] if row["status"] == "planned"]


def sign(line: dict[str, Any]) -> tuple[str, str | None]:
    return line["status"], line["reason"]
