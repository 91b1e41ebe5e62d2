"""The carrier of a platform that has no other: it keeps messages and simulates what a network does.

Some numbers make it behave badly on purpose: the magic ones of `vetagenda_contracts.sandbox`.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import col

from vetagenda_contracts.sandbox import Phone, phone_of
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.ids import uuid7
from vetagenda_sms.carriers.port import Answer, Doubt, Heard, NotSubmitted, Report, Submission
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.tables import SandboxSubmission
from vetagenda_sms_text import STANDARD

TELLS_AFTER = timedelta(minutes=1)
_LATE = (Phone.TELLS_LATE, Phone.TELLS_LATE.german)
_ANSWERS = {Phone.SAYS_YES: "OUI", Phone.SAYS_STOP: "STOP", Phone.SAYS_NO: "Non, je dois annuler"}
_REPORTS_AT_ONCE = 200


class Sandbox:
    """A peer with transactions of its own: what it has taken over stays, whatever becomes of the caller."""

    name = "sandbox"
    profile = STANDARD
    looks_up = True
    settles_after = None

    def __init__(self, database: Database) -> None:
        self._database = database

    async def submit(self, submission: Submission) -> Answer:
        behaves = phone_of(submission.to)
        if behaves is Phone.BUSY:
            raise NotSubmitted
        if behaves in (Phone.REFUSED, Phone.OPTED_OUT):
            return Answer(Status.REJECTED, opted_out=behaves is Phone.OPTED_OUT)
        taken = _taken_over(submission, behaves)
        async with self._database.writing([submission.practice_id]) as session:
            session.add(taken)
        if behaves is Phone.LOSES_THE_ANSWER:
            raise ConnectionResetError
        return Answer(Status.ACCEPTED, str(taken.id))

    async def find(self, doubt: Doubt) -> Answer | None:
        ours = col(SandboxSubmission.reference) == doubt.submission.reference
        query = select(col(SandboxSubmission.id)).where(ours)
        async with self._database.jobs_reading() as session:
            found = await session.scalar(query.limit(1))
        return Answer(Status.ACCEPTED, str(found)) if found else None

    async def reports(self, practice_id: UUID | None = None) -> list[Report]:
        in_time = or_(
            col(SandboxSubmission.to).not_in(_LATE),
            col(SandboxSubmission.received_at) <= system_now() - TELLS_AFTER,
        )
        query = select(SandboxSubmission).where(col(SandboxSubmission.reported).is_(False), in_time)
        if practice_id is not None:
            query = query.where(col(SandboxSubmission.practice_id) == practice_id)
        async with self._database.jobs_reading() as session:
            rows = await session.scalars(query.order_by(col(SandboxSubmission.id)).limit(_REPORTS_AT_ONCE))
            return [Report(row.reference, row.practice_id, row.outcome) for row in rows]

    async def forget(self, reports: Sequence[Report]) -> None:
        references = [report.reference for report in reports]
        async with self._database.jobs_writing() as session:
            told = update(SandboxSubmission).where(col(SandboxSubmission.reference).in_(references))
            await session.execute(told.values(reported=True))

    async def replies(self, practice_id: UUID | None = None) -> list[Heard]:
        query = select(SandboxSubmission).where(col(SandboxSubmission.answer).is_not(None))
        if practice_id is not None:
            query = query.where(col(SandboxSubmission.practice_id) == practice_id)
        async with self._database.jobs_reading() as session:
            rows = await session.scalars(query.order_by(col(SandboxSubmission.id)).limit(_REPORTS_AT_ONCE))
            return [Heard(str(row.id), row.to, row.answer or "", row.practice_id) for row in rows]

    async def forget_replies(self, replies: Sequence[Heard]) -> None:
        told = update(SandboxSubmission).where(
            col(SandboxSubmission.id).in_([UUID(heard.reference) for heard in replies])
        )
        async with self._database.jobs_writing() as session:
            await session.execute(told.values(answer=None))


def _taken_over(submission: Submission, behaves: Phone | None) -> SandboxSubmission:
    return SandboxSubmission(
        id=uuid7(),
        practice_id=submission.practice_id,
        reference=submission.reference,
        to=submission.to,
        text=submission.text,
        parts=len(submission.parts),
        received_at=system_now(),
        outcome=Status.UNDELIVERED if behaves is Phone.UNREACHABLE else Status.DELIVERED,
        answer=_ANSWERS.get(behaves) if behaves else None,
        reported=behaves is Phone.NEVER_TELLS,
    )
