"""The way to the carrier: intent, submission, outcome - each a step that a crash may end.

The intent (`sending`) is committed before the first byte leaves and is written once per message, so a
message is submitted at most once. What a crash or a lost answer leaves becomes `unknown`; only a carrier
that can be asked, and says that it never got the message, is given it again.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from opentelemetry.trace import SpanKind
from sqlalchemy import Select

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.jobs import Job
from vetagenda_kit.logs import logger
from vetagenda_kit.outward_calls import Counts
from vetagenda_kit.service import Service
from vetagenda_sms.carriers.choice import Carriers, Outside, connected
from vetagenda_sms.carriers.line import KIND
from vetagenda_sms.carriers.port import Answer, Carrier, Doubt, NotSubmitted, Submission
from vetagenda_sms.messages import claiming, commands, learning, queries
from vetagenda_sms.messages.claiming import Claim
from vetagenda_sms.messages.learning import Said
from vetagenda_sms.messages.rules import Reason, Status
from vetagenda_sms.messages.telling import practice_time
from vetagenda_sms.numbers import country_of
from vetagenda_sms.opt_outs.commands import note_opt_out
from vetagenda_sms.opt_outs.tables import Source
from vetagenda_sms.quota import asking
from vetagenda_sms.senders.rules import sender_for
from vetagenda_sms.settings import Settings
from vetagenda_sms.tables import Message
from vetagenda_sms_text import PROFILES, segment

BATCH = 8
LEFT_TO_THE_CLOCK = timedelta(seconds=5)
"""A step of a clock comes sooner than that to what was ordered in it."""
log = logger("sms")

CarrierOf = Callable[[Database], Carrier]


class Sender:
    """The jobs around the carriers. `carrier_of` gives the sandbox, or what stands for it."""

    def __init__(self, carrier_of: CarrierOf, outside: Outside = connected) -> None:
        self._carrier_of, self._outside = carrier_of, outside

    def _carriers(self, service: Service) -> Carriers:
        settings: Settings = service.settings
        return Carriers(self._carrier_of(service.db), self._outside(service), settings.sms_carrier)

    def jobs(self) -> list[Job]:
        return [
            Job("send", timedelta(milliseconds=500), partial(self.send_ready, patience=LEFT_TO_THE_CLOCK)),
            Job("hear", timedelta(seconds=1), self.hear_reports),
            Job("resolve", timedelta(seconds=2), self.resolve_doubts),
        ]

    async def send_ready(self, service: Service, *, patience: timedelta = timedelta()) -> int:
        """Everything whose turn it is in real time; answers how many were handed over.

        `patience` is how long a test practice's messages are left to a move of its clock, which tells what
        it sent.
        """

        def due() -> Select[Message]:
            now = system_now()
            return queries.ready(now, virtual_since=now - patience)

        return len(await self._send_all(service, due))

    async def run_due(self, service: Service, practice_id: UUID, until: datetime) -> list[str]:
        """Everything a test practice has due at `until`, with the receipts that follow."""
        await asking.look_again(service, practice_id)

        def due() -> Select[Message]:
            return queries.due_by_virtual_clock(practice_id, until, system_now())

        sent = await self._send_all(service, due)
        await self.hear_reports(service, practice_id)
        return [f"sms {message.id} sent, {message.segments} segments" for message in sent]

    async def _send_all(self, service: Service, due: Callable[[], Select[Message]]) -> list[Message]:
        sent: list[Message] = []
        while True:
            claim = await self._claim(service, due())
            taken = await asyncio.gather(*(self._submit(service, message) for message in claim.messages))
            sent += [message for message, is_out in zip(claim.messages, taken, strict=True) if is_out]
            await asking.ask(service, claim.to_ask)
            if not claim.looked_at:
                return sent

    async def _claim(self, service: Service, due: Select[Message]) -> Claim:
        carriers = self._carriers(service)

        def carrier_for(message: Message) -> str:
            return carriers.of_new(virtual=message.virtual).name

        async with service.db.jobs_writing() as session:
            return await claiming.claim(session, due, BATCH, carrier_for, service.job("send"))

    async def _submit(self, service: Service, message: Message) -> bool:
        """False when it certainly did not leave."""
        carrier, actor = self._carriers(service).named(message.carrier), service.job("send")
        assert carrier is not None, "it was claimed for one of them"
        if _came_too_late(service, message):
            log.warning("sms_claim_too_old", message_id=str(message.id))
            return False
        try:
            with service.tracing.span("submit sms", after=message.traceparent, kind=SpanKind.CLIENT):
                async with asyncio.timeout(service.settings.carrier_timeout.total_seconds()):
                    answer = await carrier.submit(_submission(message, service.settings))
        except NotSubmitted:
            log.info("sms_not_submitted", message_id=str(message.id))
            async with service.db.jobs_writing() as session:
                await commands.put_back(session, message.id, service.settings.carrier_retry_after, actor)
            return False
        except Exception as error:  # anything else may have happened after the bytes had left
            log.warning("sms_answer_lost", message_id=str(message.id), error=type(error).__name__)
            await _doubt(service, carrier, message.id, actor)
        else:
            log.info("sms_answered", message_id=str(message.id), status=answer.status)
            _count(service, message, answer)
            await _record(service, message, answer, actor)
        return True

    async def hear_reports(self, service: Service, practice_id: UUID | None = None) -> None:
        """Receipts of the sandbox, which does not call back."""
        carrier, actor = self._carrier_of(service.db), service.job("hear")
        reports = await carrier.reports(practice_id)
        if not reports:
            return
        async with service.db.jobs_writing() as session:
            said = [Said(report.reference, report.status) for report in reports]
            await learning.learn_all(session, said, actor)
        await carrier.forget(reports)

    async def resolve_doubts(self, service: Service) -> None:
        """Submissions that nobody finished become unknown; unknown ones are asked about where one can."""
        carriers, actor, settings = self._carriers(service), service.job("resolve"), service.settings
        stale = system_now() - settings.sending_is_stale_after
        for message in await _in_doubt(service, Status.SENDING, stale):
            await _doubt(service, carriers.named(message.carrier), message.id, actor)
        for carrier in carriers.that_look_up():
            settled = system_now() - (carrier.settles_after or settings.carrier_settles_after)
            for message in await _in_doubt(service, Status.UNKNOWN, settled, carrier.name):
                await self._ask(service, carrier, message, actor)

    async def _ask(self, service: Service, carrier: Carrier, message: Message, actor: Actor) -> None:
        doubt = await _doubt_about(service, message)
        if doubt is None:
            return
        try:
            answer = await carrier.find(doubt)
        except Exception as error:  # it stays unknown, and the others are asked about
            log.warning("sms_not_looked_up", message_id=str(message.id), error=type(error).__name__)
            return
        if answer is not None:
            _count(service, message, answer)
            await _record(service, message, answer, actor)
            return
        async with service.db.jobs_writing() as session:
            await commands.put_back(session, message.id, timedelta(), actor)


async def next_due(service: Service, practice_id: UUID) -> datetime | None:
    async with service.db.jobs_reading() as session:
        return await queries.next_virtual_instant(session, practice_id)


async def _in_doubt(
    service: Service, status: Status, claimed_before: datetime, carrier: str | None = None
) -> list[Message]:
    async with service.db.jobs_reading() as session:
        return list(await session.scalars(queries.in_doubt(status, claimed_before, carrier)))


async def _doubt_about(service: Service, message: Message) -> Doubt | None:
    """None while a message with the same words is on its way to the same number: the carrier's list could
    not tell which of the two it shows; and where number and words are forgotten already."""
    if message.to is None or message.text is None:
        return None
    assert message.claimed_at is not None
    async with service.db.jobs_reading() as session:
        twins = list(await session.scalars(queries.twins(message)))
    if any(twin.status is Status.SENDING for twin in twins):
        return None
    others = frozenset(twin.carrier_reference for twin in twins if twin.carrier_reference)
    return Doubt(_submission(message, service.settings), message.claimed_at, others)


async def _doubt(service: Service, carrier: Carrier | None, message_id: UUID, actor: Actor) -> None:
    """A carrier that can be asked is asked first: the others' doubt is told at once."""
    quietly = carrier is not None and carrier.looks_up
    async with service.db.jobs_writing() as session:
        await commands.learn(session, message_id, Status.UNKNOWN, actor, quietly=quietly)


def _count(service: Service, message: Message, answer: Answer) -> None:
    if answer.status is not Status.REJECTED:
        sent = Counts(messages=1, parts=answer.segments or message.segments)
        service.outward.note(message.practice_id, KIND, sent, practice_time(message))


async def _record(service: Service, message: Message, answer: Answer, actor: Actor) -> None:
    reason = Reason.OPTED_OUT if answer.opted_out else None
    said = Said(
        message.id, answer.status, answer.carrier_reference, carrier_segments=answer.segments, reason=reason
    )
    async with service.db.jobs_writing() as session:
        await learning.learn_all(session, [said], actor)
        if answer.opted_out and message.number_hash:
            at = practice_time(message)
            await note_opt_out(session, message.practice_id, message.number_hash, Source.CARRIER, at, actor)


def _came_too_late(service: Service, message: Message) -> bool:
    """A worker that was held up so long that others may take its claim for a dead one's must not submit."""
    settings: Settings = service.settings
    assert message.claimed_at is not None
    others_may_act_at = message.claimed_at + settings.sending_is_stale_after
    return system_now() + settings.carrier_timeout > others_may_act_at


def _submission(message: Message, settings: Settings) -> Submission:
    assert message.to is not None
    assert message.text is not None
    return Submission(
        reference=message.id,
        practice_id=message.practice_id,
        to=message.to,
        encoding=message.encoding,
        parts=segment(message.text, PROFILES[message.profile]).parts,
        valid_until=message.expires_at,
        sender=sender_for(
            country_of(message.to), message.sender, settings.sms_sender, settings.sms_sender_number
        ),
    )
