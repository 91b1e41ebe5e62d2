"""REM-8: a call of a visit's line is not tried again once the line can say nothing."""

from reminders.clinic import Clinic
from reminders.letters.posting import reachable
from reminders.phone_tasks.test_phone_tasks import say, tasks
from reminders.visits import counter

CALL = {"phone": {"body": "Rappeler {animal}"}}


async def test_a_red_line_is_not_called_for_again(clinic: Clinic) -> None:
    """REM-8, REM-13: nobody answered, and meanwhile the template is gone."""
    await reachable(clinic)
    words = await counter.template(clinic, CALL)
    line = await counter.put_down(clinic, custom_on="2026-11-20", channels=["phone"], template_id=words)
    assert line["status"] == "green"
    await clinic.until("2026-11-20T09:30:00+01:00")
    (task,) = await tasks(clinic)
    await counter.erase(clinic, f"templates/{words}")
    answer = await say(clinic, task["reminder_id"], "no_answer")
    assert (answer.json()["status"], answer.json()["skip_reason"]) == ("skipped", "line_red")
    assert await tasks(clinic) == []
