"""Delivers pushes to owners' browsers, beside the event that told of them: at most once, also over crashes.

Everything is asked of the agenda once more and worded anew, so that what waited for a push service that was
away never tells of a past revision (R9). Nothing here delays another channel.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.ledger.queries import due_of
from vetagenda_reminders.ledger.rules import Skip, decide
from vetagenda_reminders.peers import booking
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.sending import asking
from vetagenda_reminders.sending.wording import facts_of
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.web_push import commands, delivering, queries, rules, wording
from vetagenda_reminders.web_push.application_key import ApplicationKey
from vetagenda_reminders.web_push.posting import Answer, Note, Outcome, PushServices, push_services
from vetagenda_reminders.web_push.tables import DeliveryStatus, PushDelivery, PushSubscription
from vetagenda_reminders.web_push.unreached import make_way

BATCH = 20
AT_ONCE = 5
"""A batch of five fives ends within the lease, also when each of them takes its whole timeout."""
log = logger("web_push")


@dataclass(frozen=True)
class Occasion:
    """What the deliveries of one practice's batch need."""

    rows: Mapping[UUID, Reminder]
    browsers: Mapping[UUID, PushSubscription]
    known: Known
    links: Mapping[UUID, str]
    products: Mapping[UUID, str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """It will not leave."""

    status: DeliveryStatus
    reason: str | None = None


async def make_key(service: Service) -> None:
    """At the first start, so that no subscription ever waits for it."""
    await asyncio.to_thread(ApplicationKey.beside, service.settings.keys_file)


async def deliver_due(service: Service) -> None:
    while len(await _batch(service, queries.due())) == BATCH:
        pass


async def deliver_of(service: Service, practice_id: UUID) -> list[str]:
    """What waits in one test practice, which does not wait for the job; a line for each."""
    lines: list[str] = []
    while True:
        taken = await _batch(service, queries.due(practice_id))
        lines += [f"web push: {one.reminder_id}" for one in taken]
        if len(taken) < BATCH:
            return lines


async def _batch(service: Service, due: Select[PushDelivery]) -> Sequence[PushDelivery]:
    async with service.db.jobs_writing() as session:
        taken = await delivering.claim(session, due, BATCH, service.settings.lease)
    for practice_id, some in _by_practice(taken).items():
        await _deliver(service, practice_id, some)
    return taken


def _by_practice(taken: Iterable[PushDelivery]) -> dict[UUID, list[PushDelivery]]:
    batches: dict[UUID, list[PushDelivery]] = defaultdict(list)
    for one in taken:
        if one.status is DeliveryStatus.PLANNED:
            batches[one.practice_id].append(one)
    return batches


async def _deliver(service: Service, practice_id: UUID, some: list[PushDelivery]) -> None:
    try:
        occasion = await _occasion(service, practice_id, some)
    except ServiceUnavailable:
        log.warning("agenda_away_pushes_wait", deliveries=len(some))
        await _wait(service, some)
        return
    async with push_services(service.settings, service.outward) as services:
        for few in _chunks(some):
            await _send(service, services, few, occasion)


def _chunks(some: list[PushDelivery]) -> Iterator[list[PushDelivery]]:
    return (some[start : start + AT_ONCE] for start in range(0, len(some), AT_ONCE))


async def _occasion(service: Service, practice_id: UUID, some: list[PushDelivery]) -> Occasion:
    async with service.db.jobs_reading() as session:
        rows = await queries.told(session, some)
        browsers = await queries.browsers(session, some)
        products = await queries.products(session, rows.values())
    known = await asking.about(service, practice_id, rows.values())
    links = await _links(service, known, rows.values())
    return Occasion(rows, browsers, known, links, products, known.practice.now or system_now())


async def _links(service: Service, known: Known, rows: Iterable[Reminder]) -> Mapping[UUID, str]:
    """A link is welcome and nothing waits for it."""
    linked = {row.subject_id for row in rows if wording.is_linked(row)} & known.appointments.keys()
    if not linked:
        return {}
    try:
        return await booking.links_to(service, known.practice.id, [known.appointments[one] for one in linked])
    except (ServiceUnavailable, PeerProblem):
        return {}


async def _wait(service: Service, some: list[PushDelivery]) -> None:
    async with service.db.jobs_writing() as session:
        for one in (await delivering.held(session, some)).values():
            delivering.put_back(one, service.settings.retry_after)


async def _send(
    service: Service, services: PushServices, few: list[PushDelivery], occasion: Occasion
) -> None:
    """The intents of a few are committed, then they leave together, then what came of them is committed."""
    begun: list[tuple[PushDelivery, Note]] = []
    async with service.db.jobs_writing() as session:
        for one in (await delivering.held(session, few)).values():
            judged = _judged(one, occasion)
            if isinstance(judged, Note):
                delivering.begin(one)
                begun.append((one, judged))
            else:
                _end(service, session, one, judged, occasion)
    answers = await asyncio.gather(*(services.post(note) for _one, note in begun))
    async with service.db.jobs_writing() as session:
        mine = await delivering.held(session, [one for one, _note in begun])
        for (one, _note), answer in zip(begun, answers, strict=True):
            if one.key in mine:
                await _record(service, session, mine[one.key], answer, occasion)
        rows = {one.reminder_id: occasion.rows[one.reminder_id] for one in few}.values()
        await make_way(session, rows, occasion.known, occasion.now, service.job("web-push"))


def _judged(one: PushDelivery, occasion: Occasion) -> Note | Ended:
    row = occasion.rows[one.reminder_id]
    browser = occasion.browsers.get(one.subscription_id)
    if browser is None or browser.owner_id != row.owner_id:
        return Ended(DeliveryStatus.GONE)
    facts = facts_of(row, occasion.known)
    decision = decide(due_of(row), facts, occasion.now, email_ready=True)
    if isinstance(decision, Skip):
        return Ended(DeliveryStatus.FAILED, decision.reason.value)
    link = occasion.links.get(row.subject_id)
    product = occasion.products.get(row.subject_id, "")
    content = wording.content(row, facts, occasion.known, browser.locale, link, product)
    if content is None:
        return Ended(DeliveryStatus.FAILED, "empty_text")
    return Note.of(row, browser, content, occasion.now)


def _end(
    service: Service, session: WriteSession, one: PushDelivery, ended: Ended, occasion: Occasion
) -> None:
    delivering.finish(one, ended.status, ended.reason)
    row = occasion.rows[one.reminder_id]
    delivering.note(session, one, row, occasion.now, service.job("web-push"))


async def _record(
    service: Service, session: WriteSession, one: PushDelivery, answer: Answer, occasion: Occasion
) -> None:
    match answer.outcome:
        case Outcome.LATER:
            step, now = service.settings.retry_after, system_now()
            delivering.put_back(one, rules.pause(one.attempts, step, answer.retry_after, now))
        case Outcome.SENT:
            _end(service, session, one, Ended(DeliveryStatus.SENT), occasion)
        case Outcome.GONE:
            _end(service, session, one, Ended(DeliveryStatus.GONE), occasion)
            await _forget_browser(service, session, one.subscription_id)
        case _:
            log.info("push_not_delivered", reminder_id=str(one.reminder_id), why=answer.outcome.value)
            _end(service, session, one, Ended(DeliveryStatus.FAILED, answer.outcome.value), occasion)


async def _forget_browser(service: Service, session: WriteSession, subscription_id: UUID) -> None:
    browser = await session.get(PushSubscription, subscription_id, with_for_update=True)
    if browser is not None:
        await commands.end(session, browser, service.job("web-push"))


async def forget_deliveries(service: Service) -> None:
    async with service.db.jobs_writing() as session:
        await delivering.forget(session, system_now() - service.settings.texts_kept_for)
