"""REM-13: calls are looked at anew when they are listed; what a person did is a fact."""

from typing import Any

import httpx
import pytest
from reminders.clinic import Clinic
from reminders.ledger.worker import faulty
from reminders.letters.posting import ALL, reachable, vaccinate
from reminders.phone_tasks.test_phone_tasks import call_ready, say, tasks

LOST = httpx.ConnectError("the line was lost")
CHANGES: list[tuple[str, dict[str, Any], str]] = [
    ("owners", {"consents": ALL | {"phone": False}}, "no_consent"),
    ("animals", {"deceased_on": "2026-12-06"}, "deceased"),
]


async def change(clinic: Clinic, path: str, **what: Any) -> None:
    await clinic.change(f"{path}/{clinic.owner if path == 'owners' else clinic.animal}", **what)


async def steps(clinic: Clinic, one: str) -> list[tuple[str, str | None]]:
    answer = await clinic.reminders.get(f"{clinic.path}/reminders/{one}/timeline")
    assert answer.status_code == 200, answer.text
    return [(step["what"], step["reason"]) for step in answer.json()["items"]]


@pytest.mark.parametrize(("path", "what", "reason"), CHANGES)
async def test_the_list_is_true_when_it_is_shown(
    clinic: Clinic, path: str, what: dict[str, Any], reason: str
) -> None:
    """REM-1, REM-13: who is not to be called any more is not in the list, and the ledger says why."""
    one = await call_ready(clinic)
    await change(clinic, path, **what)
    assert await tasks(clinic) == []
    (row,) = await clinic.ledger()
    assert (row["id"], row["status"], row["skip_reason"]) == (one, "skipped", reason)


@pytest.mark.parametrize(("path", "what", "reason"), CHANGES)
async def test_what_has_changed_takes_a_call_off_the_list_by_itself(
    clinic: Clinic, path: str, what: dict[str, Any], reason: str
) -> None:
    """REM-1, REM-14: nobody has to look at the list for the ledger to be true."""
    await call_ready(clinic)
    await change(clinic, path, **what)
    await clinic.advance("PT0S")
    (row,) = await clinic.ledger()
    assert (row["status"], row["skip_reason"]) == ("skipped", reason)


async def test_an_erased_owner_is_not_to_be_called(clinic: Clinic) -> None:
    """PART-7, REM-14: the row does not stay ready without a number."""
    await call_ready(clinic)
    erased = await clinic.agenda.delete(f"{clinic.path}/owners/{clinic.owner}", headers={"If-Match": "*"})
    assert erased.status_code < 300, erased.text
    await clinic.advance("PT0S")
    (row,) = await clinic.ledger()
    assert (row["status"], row["recipient"]) == ("skipped", None)
    assert await tasks(clinic) == []


async def test_the_list_has_the_number_and_the_words_of_now(clinic: Clinic) -> None:
    """REM-13."""
    await call_ready(clinic)
    await change(clinic, "owners", phone="06 99 88 77 66")
    await change(clinic, "animals", name="Idéfix")
    (task,) = await tasks(clinic)
    assert task["number"] == "+33699887766"
    assert "pour Idéfix : RAGE" in task["text"]


async def test_calls_are_listed_also_while_nobody_can_be_asked(clinic: Clinic) -> None:
    """REM-1: work is not hidden, and the answer says that it was not checked."""
    one = await call_ready(clinic)
    await change(clinic, "animals", deceased_on="2026-12-06")
    async with faulty(clinic, "agenda", before=LOST):
        away = (await clinic.reminders.get(f"{clinic.path}/phone-tasks")).json()
        assert ([task["reminder_id"] for task in away["items"]], away["checked_at"]) == ([one], None)
    back = (await clinic.reminders.get(f"{clinic.path}/phone-tasks")).json()
    assert (back["items"], back["checked_at"]) == ([], "2026-12-07T08:00:00Z")


@pytest.mark.parametrize("listed_again", [False, True])
async def test_a_call_that_was_made_anyway_is_a_fact(clinic: Clinic, listed_again: bool) -> None:
    """REM-14: who had the list before them called; the timeline says why the call was needless."""
    one = await call_ready(clinic)
    await change(clinic, "animals", deceased_on="2026-12-06")
    if listed_again:
        assert await tasks(clinic) == []
    done = await say(clinic, one, "reached", note="le chien est mort")
    assert (done.status_code, done.json()["status"], done.json()["skip_reason"]) == (200, "sent", None)
    assert (await steps(clinic, one))[-2:] == [("called_anyway", "deceased"), ("sent", "reached")]
    assert [task["reminder_id"] for task in await tasks(clinic, status="done")] == [one]


async def test_a_wrong_number_of_a_needless_call_is_kept(clinic: Clinic) -> None:
    """REM-14."""
    one = await call_ready(clinic)
    await change(clinic, "animals", deceased_on="2026-12-06")
    assert (await say(clinic, one, "wrong_number")).json()["status"] == "failed"
    assert (await steps(clinic, one))[-2:] == [("called_anyway", "deceased"), ("failed", "no_phone")]


async def test_a_call_that_never_was_in_the_list_cannot_be_made(clinic: Clinic) -> None:
    """REM-13: what was skipped before it was due had no number and no words."""
    await reachable(clinic)
    await vaccinate(clinic, "phone", days_before=10)
    await change(clinic, "animals", deceased_on="2026-11-17")
    await clinic.until("2026-12-07T09:00:00+01:00")
    (row,) = await clinic.ledger()
    assert (row["status"], row["skip_reason"]) == ("skipped", "deceased")
    assert (await say(clinic, row["id"], "reached")).status_code == 409
