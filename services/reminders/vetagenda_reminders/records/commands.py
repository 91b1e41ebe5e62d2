"""All that changes a record, each change told by its event. A change holds for what has not left yet."""

from typing import Any
from uuid import UUID

from vetagenda_contracts.events import Actor, Event
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version
from vetagenda_kit.ids import uuid7
from vetagenda_kit.models import PatchModel, RequestModel
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.records.resource import Resource, Row
from vetagenda_reminders.tables import Tenant


async def create(
    session: WriteSession, resource: Resource[Row], practice_id: UUID, new: RequestModel, actor: Actor
) -> Row:
    fields = {name: getattr(new, name) for name in type(new).model_fields}
    await resource.check(session, fields)
    record = resource.table(id=uuid7(), practice_id=practice_id, **resource.columns(fields), **resource.fixed)
    session.add(record)
    _tell(session, resource.created, record, actor)
    return record


async def change(
    session: WriteSession,
    resource: Resource[Row],
    record_id: UUID,
    wanted: PatchModel,
    actor: Actor,
    expected: int | None,
) -> Row:
    """Raises NotFound, StaleVersion and what the resource refuses."""
    record = await _to_change(session, resource, record_id, expected)
    fields: dict[str, Any] = {name: getattr(wanted, name) for name in wanted.model_fields_set}
    await resource.check(session, fields)
    for name, value in resource.columns(fields).items():
        setattr(record, name, value)
    _tell(session, resource.updated, record, actor)
    if resource.followed:
        await resource.followed(session, record)
    return record


async def delete(
    session: WriteSession, resource: Resource[Row], record_id: UUID, actor: Actor, expected: int | None
) -> None:
    """Raises NotFound, StaleVersion, and the resource's problem when something else needs it."""
    record = await _to_change(session, resource, record_id, expected)
    if resource.in_use and await resource.is_used(session, record):
        raise resource.in_use()
    if resource.parted:
        await resource.parted(session, record)
    await session.delete(record)
    _tell(session, resource.deleted, record, actor)
    if resource.followed:
        await resource.followed(session, record)


async def _to_change(
    session: WriteSession, resource: Resource[Row], record_id: UUID, expected: int | None
) -> Row:
    """The record, locked, with its version grown."""
    record = await session.get(resource.table, record_id, with_for_update=True)
    if record is None or not resource.holds(record):
        raise NotFound("there is no such thing here")
    check_version(expected, record.version)
    record.version += 1
    return record


def _tell(session: WriteSession, kind: type[Event], record: Tenant, actor: Actor) -> None:
    said = kind(practice_id=record.practice_id, actor=actor, aggregate_id=record.id, version=record.version)
    outbox.add(session, said)
