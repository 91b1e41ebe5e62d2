"""Changing a practice's choices re-plans what has not left (R14)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import SettingsUpdated
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version, parse_if_match
from vetagenda_reminders.appointments.marking import plan_again
from vetagenda_reminders.channels.bounces.commands import forget_staff_bounces
from vetagenda_reminders.preferences.schemas import ReminderSettings
from vetagenda_reminders.tables import CancellationWindow, PracticeSettings
from vetagenda_reminders.templates.lengths import check_addition
from vetagenda_reminders.templates.rules import APPOINTMENT, check_fields


async def choose(
    session: WriteSession,
    practice_id: UUID,
    choices: ReminderSettings,
    now: datetime,
    actor: Actor,
    if_match: str | None,
) -> int:
    """The new version; `if_match` can be left out the first time. Raises StaleVersion, VersionRequired, and
    InvalidRequest for a merge field that does not exist or an SMS that is too long."""
    _check_additions(choices)
    row = await session.get(PracticeSettings, practice_id, with_for_update=True)
    if row is not None or if_match is not None:
        check_version(parse_if_match(if_match), row.version if row else 0)
    if row is None:
        row = PracticeSettings(practice_id=practice_id, version=0, choices={})
        session.add(row)
    written = choices.model_dump(mode="json")
    if _told(row.choices) != _told(written):
        await forget_staff_bounces(session, practice_id)
    row.choices = written
    row.version += 1
    await plan_again(session, practice_id, now)
    said = SettingsUpdated(
        practice_id=practice_id, actor=actor, aggregate_id=practice_id, version=row.version
    )
    outbox.add(session, said)
    return row.version


def _told(choices: Any) -> Any:
    """The practice's people, and where they are told."""
    return choices.get("staff_notices", {}).get("recipients", [])


def _check_additions(choices: ReminderSettings) -> None:
    for number, choice in enumerate(choices.reminders):
        for name in ("sms_addition", "email_addition"):
            check_fields(getattr(choice, name), f"/reminders/{number}/{name}", APPOINTMENT)
        check_addition(choice.sms_addition, f"/reminders/{number}/sms_addition")


async def note_cancellation_window(
    session: WriteSession, practice_id: UUID, closes_before: timedelta
) -> None:
    await session.merge(CancellationWindow(practice_id=practice_id, closes_before=closes_before))
