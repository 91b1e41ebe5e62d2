"""REM-13: phone reminders are a task list."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from harness import House
from reminders.clinic import Clinic, furnished
from reminders.ledger.worker import service_of
from reminders.letters.posting import ALL, reachable, vaccinate

from vetagenda_reminders.ledger import commands


async def call_ready(clinic: Clinic, **more: Any) -> str:
    """A call to make today, ten days ahead of what it is about."""
    await reachable(clinic)
    await vaccinate(clinic, "phone", **({"days_before": 10} | more))
    await clinic.until("2026-12-07T09:00:00+01:00")
    (task,) = await tasks(clinic)
    return str(task["reminder_id"])


async def tasks(clinic: Clinic, **params: Any) -> list[dict[str, Any]]:
    answer = await clinic.reminders.get(f"{clinic.path}/phone-tasks", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def say(clinic: Clinic, task: str, outcome: str, **more: Any) -> httpx.Response:
    path = f"{clinic.path}/phone-tasks/{task}/done"
    headers = more.pop("headers", None)
    return await clinic.reminders.post(path, json={"outcome": outcome} | more, headers=headers)


async def test_whom_to_call_and_what_to_say(clinic: Clinic) -> None:
    """REM-9, REM-13: the template's phone description, for a person who calls."""
    texts = {"phone": {"body": "Rappeler {animal} : {product}"}}
    template = await clinic.make("templates", name="Rage", texts=texts)
    one = await call_ready(clinic, template_id=template["id"])
    (task,) = await tasks(clinic)
    assert task == task | {
        "reminder_id": one,
        "status": "ready",
        "number": "+33612345667",
        "owner_id": clinic.owner,
        "owner_name": "Élodie Plutôt",
        "animal_ids": [clinic.animal],
        "animal_names": ["Milou"],
        "text": "Rappeler Milou : RAGE",
        "due_on": "2026-12-17",
        "attempts": 0,
        "outcome": None,
    }
    assert await tasks(clinic, status="done") == []


async def test_the_deceased_are_not_named(clinic: Clinic) -> None:
    """REM-13: the colleague who calls reads it aloud."""
    rex = await clinic.make("animals", owner_id=clinic.owner, name="Rex", species="dog")
    ladder = {
        "state": "on",
        "delivery": "ladder",
        "channels": ["phone"],
        "lead": {"count": 2, "unit": "days"},
    }
    await reachable(clinic)
    await clinic.choose(confirmation=[], reminders=[ladder], push_lead_hours=[])
    await clinic.book("2026-11-25T10:00:00+01:00", animal_ids=[clinic.animal, rex["id"]])
    await clinic.until("2026-11-23T10:00:00+01:00")
    assert [task["animal_names"] for task in await tasks(clinic)] == [["Milou", "Rex"]]
    await clinic.change(f"animals/{rex['id']}", deceased_on="2026-11-20")
    assert [task["animal_names"] for task in await tasks(clinic)] == [["Milou"]]


@pytest.mark.parametrize("outcome", ["reached", "no_answer", "wrong_number"])
async def test_whoever_was_called_is_named_wherever_the_call_is_shown(clinic: Clinic, outcome: str) -> None:
    """REM-13: in the list, in the answer to what it came to, and among those that were made."""
    one = await call_ready(clinic)
    (listed,) = await tasks(clinic)
    done = (await say(clinic, one, outcome)).json()
    (shown,) = await tasks(clinic, status="ready" if outcome == "no_answer" else "done")
    named = [(task["owner_name"], task["animal_names"]) for task in (listed, done, shown)]
    assert named == [("Élodie Plutôt", ["Milou"])] * 3


async def test_the_deceased_are_not_named_among_the_calls_that_were_made(clinic: Clinic) -> None:
    """REM-13: nor are owners who were erased."""
    await say(clinic, await call_ready(clinic), "reached")
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2026-12-06")
    (task,) = await tasks(clinic, status="done")
    assert (task["owner_name"], task["animal_names"]) == ("Élodie Plutôt", [])
    erased = await clinic.agenda.delete(f"{clinic.path}/owners/{clinic.owner}", headers={"If-Match": "*"})
    assert erased.status_code < 300, erased.text
    (task,) = await tasks(clinic, status="done")
    assert (task["owner_name"], task["animal_names"]) == (None, [])


async def test_without_a_template_the_usual_sentence(clinic: Clinic) -> None:
    """REM-9."""
    await call_ready(clinic)
    (task,) = await tasks(clinic)
    assert task["text"].startswith("Clinique du Parc, vous rappelle pour Milou : RAGE, prévu le 17/12/2026")


async def test_who_was_reached_has_been_told(clinic: Clinic) -> None:
    """REM-13."""
    one = await call_ready(clinic)
    done = await say(clinic, one, "reached", note="vient lundi")
    assert done.status_code == 200, done.text
    assert (done.json()["status"], done.json()["outcome"]) == ("sent", "reached")
    assert await tasks(clinic) == []
    (task,) = await tasks(clinic, status="done")
    assert (task["reminder_id"], task["note"]) == (one, "vient lundi")
    (row,) = await clinic.ledger()
    assert (row["status"], row["delivery"]) == ("sent", "reached")
    (event,) = await clinic.events("reminders.reminder.sent")
    assert event["subject"] == one
    assert "lundi" not in str(event)


async def test_who_does_not_answer_is_called_again(clinic: Clinic) -> None:
    """REM-13: the attempts are counted, each once though its answer was lost."""
    one = await call_ready(clinic)
    key = {"Idempotency-Key": uuid4().hex}
    for _ in range(2):
        answer = await say(clinic, one, "no_answer", note="messagerie", headers=key)
        assert (answer.json()["status"], answer.json()["attempts"]) == ("ready", 1)
    assert (await say(clinic, one, "no_answer")).json()["attempts"] == 2
    (task,) = await tasks(clinic)
    assert (task["attempts"], task["outcome"], task["note"]) == (2, "no_answer", "messagerie")
    assert (await say(clinic, one, "reached")).json()["attempts"] == 2


async def test_a_wrong_number_has_failed(clinic: Clinic) -> None:
    """REM-13."""
    one = await call_ready(clinic)
    assert (await say(clinic, one, "wrong_number")).json()["status"] == "failed"
    (row,) = await clinic.ledger()
    assert (row["status"], row["skip_reason"], row["delivery"]) == ("failed", "no_phone", "wrong_number")
    assert [task["reminder_id"] for task in await tasks(clinic, status="done")] == [one]


@pytest.mark.parametrize(
    ("path", "change", "reason"),
    [
        ("owners", {"consents": ALL | {"phone": False}}, "no_consent"),
        ("owners", {"phone": None}, "no_phone"),
        ("animals", {"deceased_on": "2026-12-06"}, "deceased"),
    ],
)
async def test_nobody_is_called_again_needlessly(
    clinic: Clinic, path: str, change: dict[str, Any], reason: str
) -> None:
    """REM-1, REM-10: a call that nobody answered is looked at anew."""
    one = await call_ready(clinic)
    await clinic.change(f"{path}/{clinic.owner if path == 'owners' else clinic.animal}", **change)
    answer = await say(clinic, one, "no_answer")
    assert (answer.json()["status"], answer.json()["skip_reason"]) == ("skipped", reason)
    assert await tasks(clinic) == []


async def test_a_call_is_done_once(clinic: Clinic) -> None:
    """REM-13."""
    one = await call_ready(clinic)
    await say(clinic, one, "reached")
    for outcome in ("reached", "no_answer", "wrong_number"):
        again = await say(clinic, one, outcome)
        assert (again.status_code, again.json()["code"]) == (409, "already-left")


async def test_only_calls_of_the_practice(clinic: Clinic, house: House) -> None:
    """REM-13, PART-6."""
    await call_ready(clinic)
    await vaccinate(clinic, "letter")
    letter = (await clinic.ledger(channel="letter"))[0]["id"]
    other = await furnished(house, now="2026-11-17T08:00:00+01:00")
    theirs = await call_ready(other)
    for one in (letter, theirs, str(uuid4())):
        for outcome in ("reached", "no_answer"):
            assert (await say(clinic, one, outcome)).status_code == 404
    assert (await say(clinic, letter, "busy")).status_code == 422
    assert [task["attempts"] for task in await tasks(other)] == [0]
    await other.close()


async def test_what_the_caller_wrote_is_forgotten_with_the_owner(clinic: Clinic) -> None:
    """PART-7: a note may say anything about her."""
    one = await call_ready(clinic)
    await say(clinic, one, "reached", note="vient lundi")
    async with service_of(clinic).db.jobs_writing() as session:
        await commands.forget_owner(session, UUID(clinic.owner))
    (task,) = await tasks(clinic, status="done")
    assert (task["number"], task["text"], task["note"]) == (None, None, None)
