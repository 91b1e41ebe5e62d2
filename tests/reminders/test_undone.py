"""What an undo in the agenda means to the owner, who had been told."""

from reminders.clinic import Clinic


async def test_what_was_brought_back_is_told_and_planned_again(clinic: Clinic) -> None:
    """AGD-5, REM-4."""
    appointment = await clinic.book("2026-11-18T10:00:00+01:00")
    path = f"{clinic.path}/appointments/{appointment['id']}"
    async with clinic.house.client("agenda", clinic.id, actor="run-7", kind="sync_run", test=True) as run:
        assert (await run.post(f"{path}/cancel", json={})).status_code == 200
    await clinic.advance("PT10M")
    assert (await clinic.statuses())["cancelled/sms@1"] == "sent"
    undo = {"actor_kind": "sync_run", "actor_id": "run-7"}
    done = await clinic.agenda.post(f"{clinic.path}/changes/undo", json=undo)
    assert done.json()["undone"] == 1
    await clinic.advance("PT0S")
    statuses = await clinic.statuses()
    assert (statuses["confirmation/sms@2"], statuses["reminder_1/sms@2"]) == ("sent", "planned")
