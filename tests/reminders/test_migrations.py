"""What an older version has stored stays readable after an upgrade."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from alembic import command
from alembic.config import Config
from harness import admin_url, fresh_database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from vetagenda_kit.migrations import configuration
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.preferences.schemas import ReminderSettings

A_RULE = (
    "INSERT INTO reminder_rule (id, practice_id, version, name, offset_count, offset_unit, anchor,"
    " days_before, channels) VALUES (:id, :id, 1, 'X', 1, 'day', 'administration', 0, '{sms,email,sms}')"
)
A_PRODUCT = (
    "INSERT INTO product (id, practice_id, version, name, rule_ids)"
    " VALUES (:id, :id, 1, 'X', ARRAY[CAST(:id AS uuid), CAST(:id AS uuid)])"
)
SETTINGS = (
    "INSERT INTO practice_settings (practice_id, version, choices) VALUES (:id, 1, CAST(:choices AS jsonb))"
)

A_MESSAGE = (
    "INSERT INTO reminder (id, practice_id, version, subject_id, subject_sequence, rule, occurrence, channel,"
    " recipient_key, purpose, animal_ids, status, due_at, useful_until, send_on, carries, new_contacts_only,"
    " virtual) VALUES (:id, :id, 1, :id, 0, 'reminder', 0, 'sms', 'x', 'reminder', '{}', 'sent',"
    " '2026-01-01 00:00Z', '2026-01-02 00:00Z', '2026-01-01', '{}', false, false)"
)
SEEN = "INSERT INTO aggregate_seen VALUES (:consumer, :id, :id, 1)"


async def test_what_was_named_twice_is_named_once() -> None:
    """Lists that took a channel twice refuse it now: what was stored before must not be stuck behind that."""
    defaults = ReminderSettings().model_dump(mode="json")
    twice = {
        "confirmation": ["email", "sms", "email"],
        "push_lead_hours": [25, 1, 25],
        "reminders": [each | {"channels": ["sms", "sms"]} for each in defaults["reminders"]],
    }
    stored = {"id": uuid4(), "choices": json.dumps(defaults | twice)}
    engine = create_async_engine(admin_url(await fresh_database()))
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL search_path TO reminders, public"))
        await _migrate(connection, lambda config: command.downgrade(config, "0002"))
        await connection.execute(text(A_RULE), stored)
        await connection.execute(text(A_PRODUCT), stored)
        await connection.execute(text(SETTINGS), stored)
        await _migrate(connection, lambda config: command.upgrade(config, "head"))
        assert await connection.scalar(text("SELECT channels FROM reminder_rule")) == ["sms", "email"]
        assert await connection.scalar(text("SELECT rule_ids FROM product")) == [stored["id"]]
        choices = ReminderSettings.model_validate(
            await connection.scalar(text("SELECT choices FROM practice_settings"))
        )
    await engine.dispose()
    assert choices.confirmation == (Channel.EMAIL, Channel.SMS)
    assert choices.push_lead_hours == (25, 1)
    assert [each.channels for each in choices.reminders] == [(Channel.SMS,), (Channel.SMS,)]


async def test_versions_seen_before_are_kept_by_the_service_that_told_of_them() -> None:
    """What an agenda, a booking service and an sms service told, each by its own numbers; and back."""
    agendas, profile, message = uuid4(), uuid4(), uuid4()
    engine = create_async_engine(admin_url(await fresh_database()))
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL search_path TO reminders, public"))
        await _migrate(connection, lambda config: command.downgrade(config, "0005"))
        await connection.execute(text(A_MESSAGE), {"id": message})
        for consumer, seen in (
            ("reminders", agendas),
            ("reminders-profiles", profile),
            ("reminders", message),
        ):
            await connection.execute(text(SEEN), {"consumer": consumer, "id": seen})
        await _migrate(connection, lambda config: command.upgrade(config, "head"))
        kept = await connection.execute(text("SELECT consumer, source, aggregate_id FROM aggregate_seen"))
        assert {tuple(row) for row in kept} == {
            ("reminders", "agenda", agendas),
            ("reminders", "booking", profile),
            ("reminders", "sms", message),
        }
        newer = "INSERT INTO aggregate_seen VALUES ('reminders', :id, :id, 9, 'booking')"
        await connection.execute(text(newer), {"id": agendas})
        await _migrate(connection, lambda config: command.downgrade(config, "0005"))
        versions = text("SELECT version FROM aggregate_seen WHERE aggregate_id = :id")
        assert (await connection.scalars(versions, {"id": agendas})).all() == [9]
    await engine.dispose()


async def _migrate(connection: AsyncConnection, act: Callable[[Config], Any]) -> None:
    await connection.run_sync(lambda sync: act(configuration("reminders", sync)))
