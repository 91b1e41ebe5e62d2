"""REM-7, REM-8: products and acts on a visit, each line with its sign and its reminders."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from harness import House
from reminders.clinic import Clinic, furnished
from reminders.visits.counter import (
    MONTHLY,
    QUARTERLY,
    add,
    alter,
    at,
    due,
    erase,
    offered,
    opened,
    put_down,
    read,
    sign,
    template,
)

QUARTERS = ["2023-04-04", "2023-07-04", "2023-10-04", "2024-01-04"]
UNNAMED = QUARTERLY | {"template_id": None}


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    clinic = await furnished(house, now="2023-01-04T11:00:00+01:00")
    yield clinic
    await clinic.close()


async def test_the_only_rule_is_green_and_sends_four_times(clinic: Clinic) -> None:
    """REM-6, REM-8: Milbemax, given today, every three months."""
    line = await put_down(clinic, QUARTERLY)
    assert (sign(line), line["given_on"], due(line)) == (("green", None), "2023-01-04", QUARTERS)
    assert line["reminders"][0]["send_on"] == "2023-04-01"
    await clinic.advance("P370D")
    assert (await clinic.texts())[0] == "Milbemax pour Milou le 04/04/2023"
    assert [row["status"] for row in await clinic.ledger()] == ["sent"] * 4


async def test_a_product_without_rules_has_no_sign(clinic: Clinic) -> None:
    """REM-8: none; what the catalogue offers later reminds nobody of an old visit."""
    line = await put_down(clinic)
    assert (sign(line), line["reminders"]) == (("none", None), [])
    rule = await clinic.make("reminder-rules", **(QUARTERLY | {"template_id": await template(clinic)}))
    await clinic.change(f"products/{line['product_id']}", rule_ids=[rule["id"]])
    await clinic.advance("PT0S")
    assert sign(await read(clinic, at(line))) == ("none", None)
    assert await clinic.ledger() == []


async def test_of_several_rules_one_is_selected(clinic: Clinic) -> None:
    """REM-8: red with a warning at first; green, and in the ledger, when one is selected."""
    line = await put_down(clinic, QUARTERLY, MONTHLY)
    assert (sign(line), line["administration_id"]) == (("red", "not_selected"), None)
    assert [each["name"] for each in line["choices"]["rules"]] == [QUARTERLY["name"], MONTHLY["name"]]
    (warning,) = (await read(clinic, f"visits/{line['visit_id']}"))["warnings"]
    assert (warning["code"], warning["line_id"]) == ("reminder_not_selected", line["id"])
    line = await alter(clinic, line, rule_id=line["choices"]["rules"][1]["id"])
    assert (sign(line), len(due(line))) == (("green", None), 10)
    assert (await read(clinic, f"visits/{line['visit_id']}"))["warnings"] == []


async def test_exceptionally_without_is_one_more_choice(clinic: Clinic) -> None:
    """REM-8: one rule and "without" are two choices; orange sends nothing."""
    product = await offered(clinic, QUARTERLY, without_offered=True)
    line = await add(clinic, await opened(clinic), product_id=product["id"])
    assert (sign(line), line["choices"]["without"]) == (("red", "not_selected"), True)
    line = await alter(clinic, line, without=True)
    assert (sign(line), line["reminders"]) == (("orange", None), [])
    line = await alter(clinic, line, rule_id=product["rule_ids"][0])
    assert (sign(line), due(line)) == (("green", None), QUARTERS)
    line = await alter(clinic, line, without=True)
    assert (sign(line), line["selection"]["rule_id"], line["reminders"]) == (("orange", None), None, [])
    await clinic.advance("P370D")
    assert await clinic.texts() == []


async def test_a_custom_reminder_has_one_date_and_no_recurrence(clinic: Clinic) -> None:
    """REM-7, REM-8: green, once, in the words of its template."""
    line = await put_down(clinic, QUARTERLY, MONTHLY)
    words = await template(clinic, {"sms": {"body": "{product}: rappel personnel"}})
    line = await alter(clinic, line, custom_on="2023-02-15", channels=["sms"], template_id=words)
    assert (sign(line), due(line)) == (("green", None), ["2023-02-15"])
    await clinic.advance("P370D")
    assert await clinic.texts() == ["Milbemax: rappel personnel"]


async def test_a_custom_reminder_without_a_template_says_the_default_sentence(clinic: Clinic) -> None:
    """REM-8: a custom date is green."""
    line = await put_down(clinic, custom_on="2023-02-15", channels=["sms"])
    assert sign(line) == ("green", None)
    await clinic.advance("P60D")
    assert await clinic.texts() == [
        "Clinique du Parc, vous rappelle pour Milou : Milbemax, prévu le 15/02/2023"
    ]


async def test_the_day_can_be_moved(clinic: Clinic) -> None:
    """REM-7: what has not left is withdrawn and planned from the other day, as the next sequence."""
    line = await put_down(clinic, QUARTERLY)
    await clinic.until("2023-04-02T12:00:00+02:00")
    moved = await alter(clinic, line, given_on="2023-01-14")
    assert moved["administration_id"] == line["administration_id"]
    told = [(row["due_on"], row["status"], row["sequence"]) for row in moved["reminders"]]
    assert told == [
        ("2023-04-04", "sent", 0),
        ("2023-04-14", "planned", 1),
        ("2023-07-14", "planned", 1),
        ("2023-10-14", "planned", 1),
        ("2024-01-14", "planned", 1),
    ]
    withdrawn = await clinic.ledger(status="withdrawn")
    assert {row["due_on"] for row in withdrawn} == set(QUARTERS[1:])
    assert len(await clinic.events("reminders.reminder.withdrawn")) == 3


async def test_what_was_sent_or_cancelled_is_not_planned_again(clinic: Clinic) -> None:
    """REM-7, REM-14: another rule and back: the owner hears nothing twice, a person's wish stays."""
    product = await offered(clinic, QUARTERLY, MONTHLY)
    first, other = product["rule_ids"]
    line = await add(clinic, await opened(clinic), product_id=product["id"], rule_id=first)
    await clinic.until("2023-04-02T12:00:00+02:00")
    cancelled = line["reminders"][1]["id"]
    answer = await clinic.reminders.post(f"{clinic.path}/reminders/{cancelled}/cancel")
    assert answer.status_code == 200, answer.text
    await alter(clinic, line, rule_id=other)
    line = await alter(clinic, line, rule_id=first)
    assert due(line) == QUARTERS[2:]
    await clinic.advance("P370D")
    assert [text[-10:] for text in await clinic.texts()] == ["04/04/2023", "04/10/2023", "04/01/2024"]


async def test_the_first_administration_is_sent_too(clinic: Clinic) -> None:
    """REM-6: occurrence 0, outside the count."""
    line = await put_down(clinic, QUARTERLY, given_on="2023-01-10", also_first=True)
    assert due(line)[:2] == ["2023-01-10", "2023-04-10"]


async def test_the_first_administration_is_told_on_its_own_day(clinic: Clinic) -> None:
    """REM-6: given today: at the send hour, or at once when that has passed; `days_before` is for the later
    ones. Of a day that is over nothing is told."""
    line = await put_down(clinic, QUARTERLY, also_first=True)
    first = line["reminders"][0]
    assert (first["occurrence"], first["send_on"], first["due_on"]) == (0, "2023-01-04", "2023-01-04")
    await clinic.advance("PT0S")
    assert await clinic.texts() == ["Milbemax pour Milou le 04/01/2023"]
    late = await put_down(clinic, QUARTERLY, given_on="2023-01-03", also_first=True)
    assert late["reminders"][0]["skip_reason"] == "too_late"
    await clinic.choose(send_hour="18:00")
    today = await put_down(clinic, QUARTERLY, also_first=True)
    await clinic.until("2023-01-04T17:59:00+01:00")
    assert len(await clinic.texts()) == 1
    await clinic.until("2023-01-04T18:00:00+01:00")
    assert (await read(clinic, at(today)))["reminders"][0]["status"] == "sent"


async def test_what_was_too_late_goes_with_its_selection(clinic: Clinic) -> None:
    """REM-7, REM-8, REM-14: another selection's line shows its own reminders; the ledger keeps the others."""
    product = await offered(clinic, QUARTERLY, MONTHLY)
    first, other = product["rule_ids"]
    visit, given = await opened(clinic), {"given_on": "2022-09-20", "product_id": product["id"]}
    line = await add(clinic, visit, **given, rule_id=first, also_first=True)
    assert [row["skip_reason"] for row in line["reminders"]][:2] == ["too_late", "too_late"]
    line = await alter(clinic, line, rule_id=other)
    assert {row["rule"] for row in line["reminders"]} == {other}
    assert len(line["reminders"]) == 11
    before = [row for row in await clinic.ledger() if row["rule"] == first]
    assert {row["status"] for row in before} == {"withdrawn"}


async def test_a_line_that_is_taken_off_sends_nothing(clinic: Clinic) -> None:
    """REM-7: so does one of a visit that is deleted."""
    line, other = await put_down(clinic, QUARTERLY), await put_down(clinic, MONTHLY)
    await erase(clinic, at(line))
    await erase(clinic, f"visits/{other['visit_id']}")
    assert {row["status"] for row in await clinic.ledger()} == {"withdrawn"}
    gone = await clinic.reminders.get(f"{clinic.path}/{at(other)}")
    assert gone.status_code == 404


async def test_an_act_is_a_line_like_a_product(clinic: Clinic) -> None:
    """REM-8."""
    act = await offered(clinic, MONTHLY, path="acts", name="Vaccination", category="vaccin")
    line = await add(clinic, await opened(clinic), act_id=act["id"])
    assert (line["act_id"], line["product_id"], sign(line)[0]) == (act["id"], None, "green")
    await clinic.advance("P32D")
    assert await clinic.texts() == ["Vaccination pour Milou le 04/02/2023"]


TWO_CHANNELS = QUARTERLY | {"channels": ["sms", "email"]}
EMAIL = {"email": {"body": "Bonjour"}, "sms": {"body": "Bonjour"}}


@pytest.mark.parametrize(
    ("rule", "texts", "reason", "missing"),
    [
        (UNNAMED, None, "no_template", None),
        (TWO_CHANNELS, {"sms": {"body": "Bonjour"}}, "text_missing", EMAIL["email"] | {"subject": "Rappel"}),
        (TWO_CHANNELS, EMAIL, "subject_missing", EMAIL["email"] | {"subject": "Rappel"}),
    ],
)
async def test_what_is_completed_turns_green_and_is_planned(
    clinic: Clinic,
    rule: dict[str, Any],
    texts: dict[str, Any] | None,
    reason: str,
    missing: dict[str, Any] | None,
) -> None:
    """REM-8: the line is red until the rule or its template is completed, wherever that happens."""
    words = await template(clinic, texts) if texts else None
    line = await put_down(clinic, rule | {"template_id": words})
    assert (sign(line), line["administration_id"]) == (("red", reason), None)
    if words and texts and missing:
        await clinic.change(f"templates/{words}", texts=texts | {"email": missing})
    else:
        rule_id = line["choices"]["rules"][0]["id"]
        await clinic.change(f"reminder-rules/{rule_id}", template_id=await template(clinic))
    await clinic.advance("PT0S")
    line = await read(clinic, at(line))
    assert (sign(line), len(due(line))) == (("green", None), 4 * len(rule["channels"]))


async def test_while_a_line_is_red_nothing_is_sent_for_it(clinic: Clinic) -> None:
    """REM-8: its rule lost its template after it was planned, and got another half a year later."""
    line = await put_down(clinic, QUARTERLY)
    rule = f"reminder-rules/{line['selection']['rule_id']}"
    await clinic.change(rule, template_id=None)
    line = await read(clinic, at(line))
    assert (sign(line), due(line)) == (("red", "no_template"), QUARTERS)
    await clinic.until("2023-08-01T12:00:00+02:00")
    assert await clinic.texts() == []
    told = [row["skip_reason"] for row in await clinic.ledger(status="skipped")]
    assert told == ["line_red", "line_red"]
    await clinic.change(rule, template_id=await template(clinic))
    await clinic.advance("P200D")
    assert [text[-10:] for text in await clinic.texts()] == ["04/10/2023", "04/01/2024"]


async def test_what_the_product_offers_later_changes_no_line(clinic: Clinic) -> None:
    """REM-8: a line keeps what it planned when its product gets another rule, loses its own, or goes."""
    line = await put_down(clinic, QUARTERLY)
    other = await clinic.make("reminder-rules", **MONTHLY)
    product = f"products/{line['product_id']}"
    for rules in ([*[each["id"] for each in line["choices"]["rules"]], other["id"]], [other["id"]]):
        await clinic.change(product, rule_ids=rules)
        assert sign(await read(clinic, at(line))) == ("green", None)
    await erase(clinic, product)
    await clinic.advance("P370D")
    assert [row["status"] for row in await clinic.ledger()] == ["sent"] * 4


async def test_a_category_of_templates_serves_a_rule_that_names_none(clinic: Clinic) -> None:
    """REM-8, REM-9."""
    await clinic.make("templates", name="Vaccins", category="Vaccin", texts=TEXTS_OF_A_VACCINE)
    act = await offered(clinic, UNNAMED, path="acts", name="CHPPi", category="vaccin")
    line = await add(clinic, await opened(clinic), act_id=act["id"])
    assert sign(line) == ("green", None)
    await clinic.advance("P100D")
    assert await clinic.texts() == ["Vaccin de Milou"]


TEXTS_OF_A_VACCINE = {"sms": {"body": "Vaccin de {animal}"}}


@pytest.mark.parametrize("path", ["products", "acts"])
async def test_what_is_deleted_leaves_the_words_of_its_category(clinic: Clinic, path: str) -> None:
    """REM-8, REM-9: its line stays green and is sent, until the template goes as well."""
    words = await clinic.make("templates", name="Vaccins", category="Vaccin", texts=TEXTS_OF_A_VACCINE)
    offer = await offered(clinic, UNNAMED, path=path, name="CHPPi", category="vaccin")
    line = await add(clinic, await opened(clinic), **{f"{path[:-1]}_id": offer["id"]})
    await erase(clinic, f"{path}/{offer['id']}")
    await clinic.advance("P100D")
    assert sign(await read(clinic, at(line))) == ("green", None)
    assert await clinic.texts() == ["Vaccin de Milou"]
    await erase(clinic, f"templates/{words['id']}")
    assert sign(await read(clinic, at(line))) == ("red", "no_template")


async def test_a_rule_from_an_unknown_birth_is_warned_of(clinic: Clinic) -> None:
    """REM-6, REM-8: green, though nothing can be counted."""
    await clinic.change(f"animals/{clinic.animal}", born_on=None)
    line = await put_down(clinic, QUARTERLY | {"anchor": "birth"})
    (warning,) = (await read(clinic, f"visits/{line['visit_id']}"))["warnings"]
    assert (sign(line)[0], warning["code"]) == ("green", "birth_unknown")


NOWHERE = "00000000-0000-0000-0000-000000000007"


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"product_id": NOWHERE}, 404, "/product_id"),
        ({"act_id": "product"}, 404, "/act_id"),
        ({"product_id": "product", "rule_id": NOWHERE}, 404, "/rule_id"),
        ({"product_id": "product", "animal_id": NOWHERE}, 404, "/animal_id"),
        (
            {
                "product_id": "product",
                "custom_on": "2023-05-01",
                "channels": ["sms"],
                "template_id": NOWHERE,
            },
            404,
            "/template_id",
        ),
        ({"product_id": "product", "without": True}, 422, "/without"),
        ({"product_id": "product", "rule_id": "other"}, 422, "/rule_id"),
        ({"product_id": "product", "custom_on": "2023-05-01"}, 422, ""),
        ({"product_id": "product", "custom_on": "2023-05-01", "rule_id": NOWHERE}, 422, ""),
        ({"product_id": "product", "channels": ["sms"]}, 422, ""),
        ({"product_id": "product", "act_id": "product"}, 422, ""),
        ({}, 422, ""),
    ],
)
async def test_what_a_line_cannot_say_is_named(
    clinic: Clinic, fields: dict[str, Any], code: int, pointer: str
) -> None:
    """REM-8."""
    ids = {
        "product": (await offered(clinic, QUARTERLY))["id"],
        "other": (await clinic.make("reminder-rules", **MONTHLY))["id"],
    }
    sent = {
        name: ids.get(value, value) if isinstance(value, str) else value for name, value in fields.items()
    }
    path = f"{clinic.path}/visits/{await opened(clinic)}/lines"
    answer = await clinic.reminders.post(path, json={"animal_id": clinic.animal} | sent)
    assert answer.status_code == code, answer.text
    told = answer.json()
    assert (told["detail"] if code == 404 else told["errors"][0]["pointer"]).startswith(pointer)
    assert await clinic.ledger() == []
