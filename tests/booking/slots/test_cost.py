"""Slots cost the same number of SQL statements whatever the number of days, vets and appointments."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from booking.clinic import Clinic
from sqlalchemy import event


@contextmanager
def counted(clinic: Clinic) -> Iterator[list[str]]:
    """What the agenda and booking send to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "outbox" not in statement:  # the relay goes on meanwhile
            sent.append(statement)

    engines = [service.db.engine.sync_engine for service in clinic.house.services.values()]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield sent
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def test_statements_do_not_grow_with_days_vets_or_appointments(clinic: Clinic) -> None:
    async def asked(begin: str, end: str) -> tuple[int, int]:
        params = {"appointment_type_id": clinic.types["VACCINATION"], "from": begin, "to": end}
        with counted(clinic) as sent:
            answer = await clinic.client.get(clinic.path("/slots"), params=params)
        assert answer.status_code == 200, answer.text
        return len(sent), len(answer.json()["items"])

    await asked("2026-03-04", "2026-03-05")
    few, of_one_day = await asked("2026-03-04", "2026-03-05")
    for number in range(10):
        await clinic.made("/calendars", name=f"Dr {number}", kind="practitioner")
    for slot in (await clinic.slots("2026-03-04"))[:8]:
        assert (await clinic.book(slot["start"])).status_code == 201
    many, of_sixty_days = await asked("2026-03-04", "2026-05-03")
    assert of_sixty_days > 10 * of_one_day
    assert many == few == 3  # the clock of a test practice, availability, what booking keeps
