"""A product is given to an animal: the ledger gets its reminders (REM-6, REM-7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import AdministrationRecorded
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest
from vetagenda_reminders.facts import AnimalFacts, PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason, Status
from vetagenda_reminders.local_time import at_local, local_day, next_polite
from vetagenda_reminders.preferences.queries import chosen
from vetagenda_reminders.products.rules import Anchor, Occurrence, occurrences
from vetagenda_reminders.products.schemas import NewAdministration, schedule_of
from vetagenda_reminders.records import queries
from vetagenda_reminders.tables import Administration, Product, Reminder, ReminderRule

RECIPIENT = "animal-owner"
"""Whoever owns the animal when the message leaves."""


@dataclass(frozen=True)
class Given:
    """What was recorded, its ledger rows in order, and why there are none."""

    administration: Administration
    reminders: list[Reminder]
    without: str | None


async def give(
    session: WriteSession, practice: PracticeFacts, animal: AnimalFacts, new: NewAdministration, actor: Actor
) -> Given:
    """Record an administration and plan its reminders. Raises NotFound for unknown ids.

    One event tells of it and of all that it planned."""
    now = practice.now or system_now()
    (product,) = await queries.known(session, Product, [new.product_id], "/product_id")
    rule, without = await _rule(session, product, new)
    administration = Administration(
        id=uuid7(),
        practice_id=practice.id,
        product_id=product.id,
        rule_id=rule.id if rule else None,
        animal_id=animal.id,
        owner_id=animal.owner_id,
        given_on=new.given_on or local_day(now, practice.zone),
        also_first=new.also_first,
    )
    session.add(administration)
    rows = await _planned(session, administration, rule, practice, animal, now) if rule else []
    _tell_recorded(session, administration, rows, actor)
    unknown = rule is not None and rule.anchor is Anchor.BIRTH and animal.born_on is None
    return Given(administration, rows, "birth_unknown" if unknown else without)


async def _planned(
    session: WriteSession,
    administration: Administration,
    rule: ReminderRule,
    practice: PracticeFacts,
    animal: AnimalFacts,
    now: datetime,
) -> list[Reminder]:
    settings, _version = await chosen(session, practice.id)
    dates = occurrences(
        schedule_of(rule), administration.given_on, animal.born_on, also_first=administration.also_first
    )
    rows = list(_rows(administration, rule, dates, practice, settings.send_hour, now))
    session.add_all(rows)
    return rows


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


def _rows(
    administration: Administration,
    rule: ReminderRule,
    dates: Iterable[Occurrence],
    practice: PracticeFacts,
    send_hour: time,
    now: datetime,
) -> Iterable[Reminder]:
    for one in dates:
        for channel in dict.fromkeys(map(Channel, rule.channels)):
            yield _row(administration, one, channel, practice, send_hour, now)


def _row(
    administration: Administration,
    one: Occurrence,
    channel: Channel,
    practice: PracticeFacts,
    send_hour: time,
    now: datetime,
) -> Reminder:
    """Due on its day at the send hour, of use until the end of the day that it is about."""
    due_at = at_local(one.send_on, send_hour, practice.zone)
    late = one.send_on < local_day(now, practice.zone)
    return Reminder(
        id=uuid7(),
        practice_id=administration.practice_id,
        subject_id=administration.id,
        subject_sequence=administration.sequence,
        rule=str(administration.rule_id),
        occurrence=one.number,
        channel=channel,
        recipient_key=RECIPIENT,
        purpose=Purpose.PRODUCT,
        administration_id=administration.id,
        owner_id=administration.owner_id,
        animal_ids=[administration.animal_id],
        status=Status.SKIPPED if late else Status.PLANNED,
        skip_reason=SkipReason.TOO_LATE if late else None,
        finished_at=now if late else None,
        due_at=next_polite(due_at, practice.zone) if channel is Channel.SMS else due_at,
        useful_until=_end_of(one.due_on, practice),
        send_on=one.send_on,
        due_on=one.due_on,
        virtual=practice.now is not None,
    )


def _end_of(day: date, practice: PracticeFacts) -> datetime:
    return at_local(day + timedelta(days=1), time(0), practice.zone)


def _tell_recorded(
    session: WriteSession, administration: Administration, rows: list[Reminder], actor: Actor
) -> None:
    outbox.add(
        session,
        AdministrationRecorded(
            practice_id=administration.practice_id,
            actor=actor,
            aggregate_id=administration.id,
            version=administration.version,
            product_id=administration.product_id,
            animal_id=administration.animal_id,
            rule_id=administration.rule_id,
            given_on=administration.given_on,
            planned=[row.id for row in rows if row.status is Status.PLANNED],
            skipped=[row.id for row in rows if row.status is Status.SKIPPED],
        ),
    )
