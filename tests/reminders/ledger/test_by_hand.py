"""Letters and calls become ready for a person when they are due (REM-10, REM-13)."""

from typing import Any

import pytest
from reminders.clinic import Clinic

ADDRESS = {"street": "3 rue des Lilas", "postal_code": "75014", "city": "Paris"}
ALL = {"sms": True, "email": True, "letter": True, "phone": True}


async def vaccinated(clinic: Clinic, **owner: Any) -> None:
    """A letter and a call a month later; the clock stands on that day."""
    await clinic.change(f"owners/{clinic.owner}", **({"address": ADDRESS, "consents": ALL} | owner))
    rule = await clinic.make(
        "reminder-rules", name="1 mois", offset={"count": 1, "unit": "month"}, channels=["letter", "phone"]
    )
    product = await clinic.make("products", name="RAGE", rule_ids=[rule["id"]])
    await clinic.make("administrations", product_id=product["id"], animal_id=clinic.animal)
    await clinic.until("2026-12-17T09:00:00+01:00")


async def test_a_letter_and_a_call_are_ready_on_their_day(clinic: Clinic) -> None:
    await vaccinated(clinic)
    rows = {row["channel"]: row for row in await clinic.ledger()}
    assert {channel: row["status"] for channel, row in rows.items()} == {"letter": "ready", "phone": "ready"}
    assert rows["letter"]["recipient"] == "Élodie Plutôt\n3 rue des Lilas\n75014 Paris"
    assert rows["phone"]["recipient"] == "+33612345667"
    assert "RAGE" in rows["letter"]["body"]
    readied = await clinic.events("reminders.reminder.readied")
    assert {event["data"]["channel"] for event in readied} == {"letter", "phone"}


@pytest.mark.parametrize("written", ["3 rue des Lilas\n75014 Paris", "3 rue des Lilas, 75014 Paris"])
async def test_an_address_in_one_text_is_its_lines(clinic: Clinic, written: str) -> None:
    await vaccinated(clinic, address=written)
    (row,) = await clinic.ledger(channel="letter")
    assert row["recipient"] == "Élodie Plutôt\n3 rue des Lilas\n75014 Paris"


async def test_an_address_that_is_none_stops_no_other_channel(clinic: Clinic) -> None:
    await vaccinated(clinic, address="chez sa mère")
    reasons = {row["channel"]: row["skip_reason"] or row["status"] for row in await clinic.ledger()}
    assert reasons == {"letter": "no_address", "phone": "ready"}


@pytest.mark.parametrize(
    ("owner", "reasons"),
    [
        ({"consents": ALL | {"letter": False, "phone": False}}, {"no_consent"}),
        ({"address": None, "phone": None}, {"no_address", "no_phone"}),
        (
            {"address": {"street": "", "postal_code": "75014", "city": "Paris"}, "phone": None},
            {"no_address", "no_phone"},
        ),
    ],
)
async def test_only_with_an_address_and_consent(
    clinic: Clinic, owner: dict[str, Any], reasons: set[str]
) -> None:
    await vaccinated(clinic, **owner)
    assert {row["skip_reason"] for row in await clinic.ledger()} == reasons


async def test_what_is_ready_can_be_taken_out(clinic: Clinic) -> None:
    await vaccinated(clinic)
    row = (await clinic.ledger(channel="letter"))[0]
    answer = await clinic.reminders.post(f"{clinic.path}/reminders/{row['id']}/cancel")
    assert answer.json()["status"] == "cancelled", answer.text
