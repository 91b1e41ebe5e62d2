"""REM-6, REM-7, REM-8: a product is given, its reminders leave on their days."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from harness import House
from reminders.clinic import Clinic, furnished
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox, text_of
from sqlalchemy import text

QUARTERLY = {
    "name": "Milbemax, tous les 3 mois",
    "offset": {"count": 3, "unit": "months"},
    "days_before": 3,
    "recurrence": {"every": {"count": 3, "unit": "months"}, "count": 4},
    "channels": ["sms"],
}
MONTHLY = {
    "name": "Tous les mois",
    "offset": {"count": 1, "unit": "month"},
    "recurrence": {"every": {"count": 1, "unit": "month"}, "count": 10},
    "channels": ["sms"],
}


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    clinic = await furnished(house, now="2023-01-04T11:00:00+01:00")
    yield clinic
    await clinic.close()


async def product(clinic: Clinic, *rules: dict[str, Any], **fields: Any) -> str:
    ids = [(await clinic.make("reminder-rules", **rule))["id"] for rule in rules]
    made = await clinic.make("products", **({"name": "Milbemax", "rule_ids": ids} | fields))
    return str(made["id"])


async def give(clinic: Clinic, product_id: str, **fields: Any) -> dict[str, Any]:
    return await clinic.make("administrations", product_id=product_id, animal_id=clinic.animal, **fields)


def sends(given: dict[str, Any]) -> list[str]:
    return [row["send_on"] for row in given["reminders"]]


async def test_milbemax_is_sent_exactly_four_times(clinic: Clinic) -> None:
    given = await give(clinic, await product(clinic, QUARTERLY))
    assert given["given_on"] == "2023-01-04"
    assert sends(given) == ["2023-04-01", "2023-07-01", "2023-10-01", "2024-01-01"]
    await clinic.advance("PT0S")
    assert await clinic.texts() == []
    ran = await clinic.advance("P370D")
    moments = [each["at"] for each in ran if each["service"] == "reminders"]
    assert moments == [
        f"{day}Z"
        for day in (
            "2023-04-01T07:00:00",
            "2023-07-01T07:00:00",
            "2023-10-01T07:00:00",
            "2024-01-01T08:00:00",
        )
    ]
    assert await clinic.texts() == [
        f"Clinique du Parc, vous rappelle pour Milou : Milbemax, prévu le {day}"
        for day in ("04/04/2023", "04/07/2023", "04/10/2023", "04/01/2024")
    ]
    assert [row["status"] for row in await clinic.ledger(animal_id=clinic.animal)] == ["sent"] * 4


@pytest.mark.parametrize(
    ("offset", "given_on", "pointer"),
    [
        ({"count": 31, "unit": "years"}, "2023-01-04", "/offset"),
        ({"count": 361, "unit": "months"}, "2023-01-04", "/offset"),
        ({"count": 30, "unit": "years"}, "9999-12-31", "/given_on"),
        ({"count": 30, "unit": "years"}, "2200-12-31", None),
    ],
)
async def test_no_schedule_runs_out_of_the_calendar(
    clinic: Clinic, offset: dict[str, Any], given_on: str, pointer: str | None
) -> None:
    """The longest that is allowed still has dates; what is longer names its field."""
    longest = {"every": {"count": 30, "unit": "years"}, "count": 120}
    body = MONTHLY | {"offset": offset, "recurrence": longest}
    rule = await clinic.reminders.post(f"{clinic.path}/reminder-rules", json=body)
    if rule.status_code == 422:
        assert rule.json()["errors"][0]["pointer"] == pointer
        return
    made = await clinic.make("products", name="Longtemps", rule_ids=[rule.json()["id"]])
    given = await clinic.reminders.post(
        f"{clinic.path}/administrations",
        json={"product_id": made["id"], "animal_id": clinic.animal, "given_on": given_on},
    )
    assert given.status_code == (422 if pointer else 201), given.text
    if pointer:
        assert given.json()["errors"][0]["pointer"] == pointer


async def test_monthly_ten_times(clinic: Clinic) -> None:
    given = await give(clinic, await product(clinic, MONTHLY))
    assert [row["due_on"] for row in given["reminders"]] == [f"2023-{month:02}-04" for month in range(2, 12)]


async def test_several_rules_and_none_chosen_send_nothing(clinic: Clinic) -> None:
    given = await give(clinic, await product(clinic, QUARTERLY, MONTHLY))
    assert (given["without"], given["reminders"]) == ("rule_not_chosen", [])


async def test_one_of_several_rules_is_chosen(clinic: Clinic) -> None:
    product_id = await product(clinic, QUARTERLY, MONTHLY)
    rules = (await clinic.reminders.get(f"{clinic.path}/products/{product_id}")).json()["rule_ids"]
    given = await give(clinic, product_id, rule_id=rules[1])
    assert len(given["reminders"]) == 10


async def test_the_date_can_be_moved_and_the_first_one_sent_too(clinic: Clinic) -> None:
    given = await give(clinic, await product(clinic, QUARTERLY), given_on="2023-01-14", also_first=True)
    assert sends(given) == ["2023-01-14", "2023-04-11", "2023-07-11", "2023-10-11", "2024-01-11"]
    assert [row["occurrence"] for row in given["reminders"]] == [0, 1, 2, 3, 4]


async def test_a_past_send_is_kept_as_too_late(clinic: Clinic) -> None:
    given = await give(clinic, await product(clinic, QUARTERLY), given_on="2022-09-20")
    told = [(row["send_on"], row["skip_reason"] or row["status"]) for row in given["reminders"]]
    assert told == [
        ("2022-12-17", "too_late"),
        ("2023-03-17", "planned"),
        ("2023-06-17", "planned"),
        ("2023-09-17", "planned"),
    ]


async def test_todays_send_leaves_today_though_its_hour_has_passed(clinic: Clinic) -> None:
    rule = {"name": "Aujourd'hui", "offset": {"count": 0, "unit": "day"}, "channels": ["sms"]}
    await give(clinic, await product(clinic, rule))
    await clinic.advance("PT0S")
    assert len(await clinic.texts()) == 1


async def test_from_birth_only_if_it_is_known(clinic: Clinic) -> None:
    rule = QUARTERLY | {"anchor": "birth", "offset": {"count": 4, "unit": "years"}, "recurrence": None}
    product_id = await product(clinic, rule)
    assert [row["due_on"] for row in (await give(clinic, product_id))["reminders"]] == ["2024-02-29"]
    await clinic.change(f"animals/{clinic.animal}", born_on=None)
    given = await give(clinic, product_id)
    assert (given["without"], given["reminders"]) == ("birth_unknown", [])


async def test_all_ticked_channels_are_sent_with_the_practices_own_words(
    clinic: Clinic, mailbox: Mailbox
) -> None:
    texts = {
        "sms": {"body": "Vermifuge de (nom-animal) le {due_date}"},
        "email": {"subject": "Pour {animal}", "body": "Bonjour {owner},\n{product} le {due_date}."},
    }
    template = await clinic.make("templates", name="Vermifuge", texts=texts)
    rule = QUARTERLY | {"channels": ["sms", "email"], "template_id": template["id"], "recurrence": None}
    await give(clinic, await product(clinic, rule))
    await clinic.advance("P100D")
    assert await clinic.texts() == ["Vermifuge de Milou le 04/04/2023"]
    (mail,) = mailbox.to(clinic.email)
    assert mail["Subject"] == "Pour Milou"
    assert text_of(mail).startswith("Bonjour Élodie Plutôt,")


async def test_words_of_which_nothing_is_left_are_not_sent(clinic: Clinic) -> None:
    """A product has no appointment whose time its words could say."""
    template = await clinic.make("templates", name="Muet", texts={"sms": {"body": "{when}"}})
    rule = QUARTERLY | {"template_id": template["id"], "recurrence": None}
    await give(clinic, await product(clinic, rule))
    await clinic.advance("P100D")
    (row,) = await clinic.ledger()
    assert (row["status"], row["skip_reason"]) == ("skipped", "empty_text")


async def test_the_present_owner_is_told(clinic: Clinic) -> None:
    await give(clinic, await product(clinic, QUARTERLY))
    other = await clinic.make(
        "owners", family_name="Müller", phone="+4915123456789", locale="de", consents={"sms": True}
    )
    await clinic.change(f"animals/{clinic.animal}", owner_id=other["id"])
    await clinic.advance("P100D")
    (row,) = await clinic.ledger(owner_id=other["id"], status="sent")
    assert (row["recipient"], row["body"][:41]) == (
        "+4915123456789",
        "Clinique du Parc erinnert Sie für Milou: ",
    )


async def test_the_deceased_are_not_reminded_of(clinic: Clinic) -> None:
    await give(clinic, await product(clinic, QUARTERLY))
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2023-01-04")
    await clinic.advance("P400D")
    assert {row["skip_reason"] for row in await clinic.ledger()} == {"deceased"}


async def post(clinic: Clinic, what: str, body: dict[str, Any]) -> httpx.Response:
    own = {"product_id": await product(clinic, QUARTERLY), "animal_id": clinic.animal}
    sent = {name: own[name] if value == "own" else value for name, value in body.items()}
    return await clinic.reminders.post(f"{clinic.path}/{what}", json=sent)


NOWHERE = str(UUID(int=7))
NEVER_AGAIN = {"every": {"count": 0, "unit": "day"}, "count": 2}


@pytest.mark.parametrize(
    ("what", "body", "pointer"),
    [
        ("administrations", {"product_id": NOWHERE, "animal_id": "own"}, "/product_id"),
        ("administrations", {"product_id": "own", "animal_id": NOWHERE}, "/animal_id"),
        ("administrations", {"product_id": "own", "animal_id": "own", "rule_id": NOWHERE}, "/rule_id"),
        ("products", {"name": "X", "rule_ids": [NOWHERE]}, "/rule_ids"),
        ("reminder-rules", MONTHLY | {"template_id": NOWHERE}, "/template_id"),
    ],
)
async def test_an_id_that_does_not_exist_here_is_named(
    clinic: Clinic, what: str, body: dict[str, Any], pointer: str
) -> None:
    answer = await post(clinic, what, body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert answer.json()["detail"].startswith(f"{pointer}:")


@pytest.mark.parametrize(
    ("what", "body", "pointer"),
    [
        ("reminder-rules", MONTHLY | {"channels": ["fax"]}, "/channels/0"),
        ("reminder-rules", MONTHLY | {"channels": []}, "/channels"),
        ("reminder-rules", MONTHLY | {"channels": ["sms", "sms"]}, "/channels/1"),
        ("products", {"name": "X", "rule_ids": [NOWHERE, NOWHERE]}, "/rule_ids/1"),
        ("reminder-rules", MONTHLY | {"recurrence": NEVER_AGAIN}, "/recurrence/every"),
        ("templates", {"name": "X", "texts": {"sms": {"body": "{secret}"}}}, "/texts/sms/body"),
        ("templates", {"name": "X", "texts": {"sms": {"body": " \n"}}}, "/texts/sms/body"),
    ],
)
async def test_what_is_not_valid_is_named(
    clinic: Clinic, what: str, body: dict[str, Any], pointer: str
) -> None:
    answer = await post(clinic, what, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


async def test_a_channel_that_was_stored_twice_sends_once(clinic: Clinic) -> None:
    """R10: whatever a rule says, one occurrence is one message on one channel."""
    product_id = await product(clinic, QUARTERLY)
    async with service_of(clinic).db.jobs_writing() as session:
        twice = text("UPDATE reminder_rule SET channels = '{sms,sms}' WHERE practice_id = :practice")
        await session.execute(twice, {"practice": clinic.id})
    assert len((await give(clinic, product_id))["reminders"]) == 4


async def test_a_rule_that_the_product_does_not_offer_is_refused(clinic: Clinic) -> None:
    rule = await clinic.make("reminder-rules", **MONTHLY)
    body = {"product_id": "own", "animal_id": "own", "rule_id": rule["id"]}
    answer = await post(clinic, "administrations", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/rule_id")


async def test_an_administration_is_one_event_with_what_it_planned(clinic: Clinic) -> None:
    """PART-9."""
    given = await give(clinic, await product(clinic, QUARTERLY), given_on="2022-09-20")
    event = (await clinic.events())[-1]
    assert event["type"] == "reminders.administration.recorded"
    ids = [row["id"] for row in given["reminders"]]
    assert (event["data"]["skipped"], event["data"]["planned"]) == (ids[:1], ids[1:])


async def test_the_same_key_gives_the_product_once(clinic: Clinic) -> None:
    """PART-10."""
    body = {"product_id": await product(clinic, QUARTERLY), "animal_id": clinic.animal}
    key = {"Idempotency-Key": uuid4().hex}
    first, again = [
        await clinic.reminders.post(f"{clinic.path}/administrations", json=body, headers=key)
        for _attempt in range(2)
    ]
    assert first.json() == again.json()
    assert len(await clinic.ledger()) == 4
