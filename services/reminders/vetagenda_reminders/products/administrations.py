"""A product is given to an animal, or an act done: the ledger gets its reminders (REM-6, REM-7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import AdministrationPlanned, AdministrationRecorded
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest, NotFound
from vetagenda_reminders.facts import AnimalFacts, PracticeFacts
from vetagenda_reminders.ledger import commands as ledger
from vetagenda_reminders.ledger import outdating, steps
from vetagenda_reminders.ledger import queries as ledger_queries
from vetagenda_reminders.ledger.vocabulary import WAITING, Status
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.products import renewal
from vetagenda_reminders.products.courses import Course, by_rule, plan
from vetagenda_reminders.products.rules import Anchor, Kind
from vetagenda_reminders.products.schemas import NewAdministration
from vetagenda_reminders.records import queries
from vetagenda_reminders.tables import Administration, Product, Reminder, ReminderRule


@dataclass(frozen=True)
class Given:
    """What was recorded, its ledger rows in order, why there are none, and what it renews."""

    administration: Administration
    reminders: list[Reminder]
    without: str | None
    earlier: list[Reminder]


async def give(
    session: WriteSession, practice: PracticeFacts, animal: AnimalFacts, new: NewAdministration, actor: Actor
) -> Given:
    """Record an administration and plan its reminders. Raises NotFound for unknown ids.

    One event tells of it and of all that it planned; each earlier reminder tells of its own end."""
    (product,) = await queries.known(session, Product, [new.product_id], "/product_id")
    if product.kind is not Kind.PRODUCT:
        raise NotFound("/product_id: this is an act, which a visit's line records")
    rule, without = await _rule(session, product, new)
    day = new.given_on or local_day(practice.now or system_now(), practice.zone)
    course = by_rule(rule, day, animal.born_on, also_first=new.also_first) if rule else None
    chosen = rule.id if rule else None
    administration = of(product.id, practice, animal, day, chosen, also_first=new.also_first)
    rows = await record(session, administration, product.kind, course, practice, actor)
    earlier = await renewal.earlier(session, product, animal.id, administration.id)
    if new.withdraw_earlier:
        renewal.withdraw(session, earlier, practice, actor)
    unknown = rule is not None and rule.anchor is Anchor.BIRTH and animal.born_on is None
    return Given(administration, rows, "birth_unknown" if unknown else without, earlier)


def of(
    product_id: UUID,
    practice: PracticeFacts,
    animal: AnimalFacts,
    given_on: date,
    rule_id: UUID | None,
    *,
    also_first: bool,
) -> Administration:
    return Administration(
        id=uuid7(),
        practice_id=practice.id,
        product_id=product_id,
        rule_id=rule_id,
        animal_id=animal.id,
        owner_id=animal.owner_id,
        given_on=given_on,
        also_first=also_first,
    )


async def record(
    session: WriteSession,
    administration: Administration,
    kind: Kind,
    course: Course | None,
    practice: PracticeFacts,
    actor: Actor,
) -> list[Reminder]:
    """Keep it with the rows of its course, and tell of all that by one event."""
    session.add(administration)
    rows = await plan(session, administration, course, practice) if course else []
    steps.note_made(session, rows, actor, practice.now or system_now())
    outbox.add(session, AdministrationRecorded(**_told(administration, rows, actor), kind=kind.value))
    return rows


async def plan_anew(
    session: WriteSession,
    administration: Administration,
    course: Course | None,
    practice: PracticeFacts,
    actor: Actor,
) -> list[Reminder]:
    """What has not left is withdrawn, and another course planned as the next sequence. A reminder of the same
    course whose days a person set stays on them."""
    now = practice.now or system_now()
    before = await withdraw(session, [administration.id], now, actor, keep=course)
    administration.sequence += 1
    administration.version += 1
    rows = await plan(session, administration, course, practice, before) if course else []
    steps.note_made(session, rows, actor, now)
    outbox.add(session, AdministrationPlanned(**_told(administration, rows, actor)))
    return rows


async def withdraw(
    session: WriteSession,
    administration_ids: Collection[UUID],
    now: datetime,
    actor: Actor,
    *,
    keep: Course | None = None,
) -> list[Reminder]:
    """Take back what has not left. All rows of the administrations, locked."""
    rows = await ledger_queries.of_subjects(session, administration_ids)
    kept = [row for row in rows if keep and _is_kept(row, keep)]
    for row in kept:
        row.call_back = None
    others = [row for row in rows if row not in kept]
    outdating.take_back(session, others, now, actor)
    for row in filter(_never_began, others):
        ledger.finish(session, row, Status.WITHDRAWN, now, actor)
    return rows


def _never_began(row: Reminder) -> bool:
    """Planning itself set it aside, as too late: it is no part of what is selected instead."""
    return row.status is Status.SKIPPED and row.recorded_at is None


def _is_kept(row: Reminder, course: Course) -> bool:
    """Its days are a person's choice, or it was ordered and the course says the very same."""
    return course.holds_on_to(row) or (row.status not in WAITING and course.says(row))


async def _rule(
    session: WriteSession, product: Product, new: NewAdministration
) -> tuple[ReminderRule | None, str | None]:
    """The chosen rule; the only one chooses itself; of several none is taken by guess (REM-8)."""
    wanted = [new.rule_id] if new.rule_id else product.rule_ids
    if len(wanted) != 1:
        return None, "rule_not_chosen" if wanted else "no_rule"
    (rule,) = await queries.known(session, ReminderRule, list(wanted), "/rule_id")
    if rule.id not in product.rule_ids:
        raise InvalidRequest.at("/rule_id", "the product does not offer this rule")
    return rule, None


def _told(administration: Administration, rows: list[Reminder], actor: Actor) -> dict[str, Any]:
    return {
        "practice_id": administration.practice_id,
        "actor": actor,
        "aggregate_id": administration.id,
        "version": administration.version,
        "sequence": administration.sequence,
        "product_id": administration.product_id,
        "animal_id": administration.animal_id,
        "rule_id": administration.rule_id,
        "given_on": administration.given_on,
        "planned": [row.id for row in rows if row.status is Status.PLANNED],
        "skipped": [row.id for row in rows if row.status is Status.SKIPPED],
    }
