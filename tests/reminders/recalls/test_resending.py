"""REM-12, SMS-3: sending again."""

import asyncio
from typing import Any

import pytest
from reminders.clinic import Clinic
from reminders.recalls.given import CONSENTS, give, missed, reminded, resend

from vetagenda_reminders.ledger.vocabulary import Purpose, is_recall


async def classes(clinic: Clinic) -> list[str]:
    answer = await clinic.sms.get(f"{clinic.path}/sms/messages", params={"limit": 500})
    return [
        each["class"] for each in sorted(answer.json()["items"], key=lambda each: str(each["created_at"]))
    ]


async def test_it_is_said_again_in_the_words_that_hold_now(clinic: Clinic) -> None:
    """REM-12, R14: a row of its own, "already sent 2 times"; SMS-3: a recall this time."""
    (row,) = await reminded(clinic)
    await clinic.change(f"animals/{clinic.animal}", name="Rintintin")
    answer = await resend(clinic, row["id"])
    assert answer.status_code == 201, answer.text
    again = answer.json()
    assert (again["rule"], again["status"], again["due_at"]) == (
        "resend:1",
        "planned",
        "2026-12-14T09:00:00Z",
    )
    await clinic.advance("PT0S")
    first, second = await clinic.texts()
    assert ("Milou" in first, "Rintintin" in second) == (True, True)
    assert await classes(clinic) == ["transactional", "recall"]
    (one,) = await missed(clinic)
    assert (one["times_sent"], one["reminder_ids"]) == (2, [again["id"]])


async def test_all_of_the_list_at_once(clinic: Clinic) -> None:
    """REM-12: both channels again are one more time; naming a row and its resending sends once."""
    await reminded(clinic, channels=["sms", "email"])
    (one,) = await missed(clinic)
    body = {"reminder_ids": one["reminder_ids"]}
    answer = await clinic.reminders.post(f"{clinic.path}/reminders/resend", json=body)
    assert answer.status_code == 201, answer.text
    assert {row["channel"] for row in answer.json()["items"]} == {"sms", "email"}
    await clinic.advance("PT0S")
    (one,) = await missed(clinic)
    assert one["times_sent"] == 2


@pytest.mark.parametrize("evening", ["2026-12-14T21:00:00+01:00", "2026-12-15T06:30:00+01:00"])
async def test_an_sms_waits_for_the_morning(clinic: Clinic, evening: str) -> None:
    """SMS-3."""
    (row,) = await reminded(clinic)
    await clinic.until(evening)
    assert (await resend(clinic, row["id"])).json()["due_at"] == "2026-12-15T07:00:00Z"


async def test_two_at_the_same_moment_are_one(clinic: Clinic) -> None:
    """REM-12: what is on its way is not doubled."""
    (row,) = await reminded(clinic)
    answers = await asyncio.gather(*(resend(clinic, row["id"]) for _person in range(5)))
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json()["id"] for answer in answers}) == 1
    await clinic.advance("PT0S")
    assert len(await clinic.texts()) == 2


async def test_a_resending_can_be_sent_again(clinic: Clinic) -> None:
    """REM-12: numbers go on, also when the first row is named again."""
    (row,) = await reminded(clinic)
    for number in (1, 2, 3):
        assert (await resend(clinic, row["id"])).json()["rule"] == f"resend:{number}"
        await clinic.advance("PT0S")
    assert (await missed(clinic))[0]["times_sent"] == 4


async def test_what_was_skipped_is_judged_anew(clinic: Clinic) -> None:
    """REM-12: consent was missing and has been given since."""
    await clinic.change(f"owners/{clinic.owner}", consents={"email": True})
    (row,) = await reminded(clinic)
    assert row["skip_reason"] == "no_consent"
    await clinic.change(f"owners/{clinic.owner}", consents=CONSENTS)
    await resend(clinic, row["id"])
    await clinic.advance("PT0S")
    assert len(await clinic.texts()) == 1


async def test_of_the_deceased_nothing_is_said_again(clinic: Clinic) -> None:
    """REM-12."""
    (row,) = await reminded(clinic)
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2026-12-14")
    again = (await resend(clinic, row["id"])).json()
    await clinic.advance("PT0S")
    (found,) = [each for each in await clinic.ledger() if each["id"] == again["id"]]
    assert found["skip_reason"] == "deceased"


async def test_a_call_becomes_ready_again(clinic: Clinic) -> None:
    """REM-12, REM-13."""
    await clinic.change(f"owners/{clinic.owner}", consents=CONSENTS)
    (row,) = await reminded(clinic, channels=["phone"])
    done = {"outcome": "reached"}
    answer = await clinic.reminders.post(f"{clinic.path}/phone-tasks/{row['id']}/done", json=done)
    assert answer.status_code == 200, answer.text
    await resend(clinic, row["id"])
    await clinic.advance("PT0S")
    assert [each["status"] for each in await clinic.ledger()] == ["sent", "ready"]


async def test_what_waits_or_was_taken_out_is_not_sent_again(clinic: Clinic) -> None:
    """REM-12: all or nothing."""
    await give(clinic)
    (row,) = await clinic.ledger()
    for _status in ("planned", "cancelled"):
        body = {"reminder_ids": [row["id"]]}
        answer = await clinic.reminders.post(f"{clinic.path}/reminders/resend", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "not-resendable")
        await clinic.reminders.post(f"{clinic.path}/reminders/{row['id']}/cancel")


async def test_an_appointments_own_reminder_is_not_resent(clinic: Clinic) -> None:
    """REM-12: there `POST P/appointments/{id}/messages` reminds now."""
    await clinic.book("2026-11-25T10:00:00+01:00")
    row = (await clinic.ledger(status="sent"))[0]
    assert (await resend(clinic, row["id"])).json()["code"] == "not-resendable"


async def test_a_persons_own_words_are_sent_again(clinic: Clinic) -> None:
    """REM-12: of an appointment that moved, for its present time; a service, not a recall."""
    await clinic.choose(confirmation=[], reminders=[])
    booked = await clinic.book("2026-11-25T10:00:00+01:00")
    body: dict[str, Any] = {"channels": ["sms"], "send_on": "2026-11-24", "text": "À jeun pour {when}"}
    await clinic.make("reminders", appointment_id=booked["id"], **body)
    moved = {"start": "2026-12-02T10:00:00+01:00", "end": "2026-12-02T10:20:00+01:00"}
    await clinic.act(booked, "reschedule", **moved, calendar_ids=[clinic.vet])
    await clinic.until("2026-11-24T12:00:00+01:00")
    (row,) = await clinic.ledger(purpose="personal")
    assert row["skip_reason"] == "superseded"
    await resend(clinic, row["id"])
    await clinic.advance("PT0S")
    assert (await clinic.texts())[-1] == "À jeun pour 02/12/2026 à 10h00"
    assert "recall" not in await classes(clinic)


@pytest.mark.parametrize(
    ("purpose", "rule", "recall"),
    [
        (Purpose.PRODUCT, "resend:1", True),
        (Purpose.PRODUCT, "0192f0c4-7e1a-7c52-9a63-3d1f6d3b8a10", False),
        (Purpose.PERSONAL, "resend:1", False),
        (Purpose.REMINDER, "reminder_1", False),
    ],
)
def test_only_a_products_resending_is_a_recall(purpose: Purpose, rule: str, recall: bool) -> None:
    """SMS-3."""
    assert is_recall(purpose, rule) is recall
