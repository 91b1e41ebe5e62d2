"""Carriers that fail in ways a sandbox number cannot ask for."""

import asyncio
from collections import Counter
from uuid import UUID

from vetagenda_kit.db import Database
from vetagenda_sms.carriers.port import Answer, Doubt, Heard, Report, Submission
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.messages.rules import Status
from vetagenda_sms_text import STANDARD


class DiesBefore(Sandbox):
    """The process ends between the intent and the first byte."""

    async def submit(self, submission: Submission) -> Answer:
        raise asyncio.CancelledError


class DiesAfter(Sandbox):
    """The process ends when the carrier has the message and nobody has written the answer down."""

    async def submit(self, submission: Submission) -> Answer:
        await super().submit(submission)
        raise asyncio.CancelledError


class NeverAnswers(Sandbox):
    """Takes the message over and lets the sender wait."""

    async def submit(self, submission: Submission) -> Answer:
        await super().submit(submission)
        await asyncio.Event().wait()
        raise AssertionError


class Forgetful:
    """A carrier that cannot be asked what became of a message, loses every answer, and reports later."""

    name = "forgetful"
    profile = STANDARD
    looks_up = False
    settles_after = None

    def __init__(self, _database: Database) -> None:
        self.submitted: Counter[UUID] = Counter()
        self.to_report: list[Report] = []

    async def submit(self, submission: Submission) -> Answer:
        self.submitted[submission.reference] += 1
        raise TimeoutError

    async def find(self, doubt: Doubt) -> Answer | None:
        raise NotImplementedError

    async def reports(self, practice_id: UUID | None = None) -> list[Report]:
        return self.to_report

    async def forget(self, reports: list[Report]) -> None:
        self.to_report = []

    async def replies(self, practice_id: UUID | None = None) -> list[Heard]:
        return []

    async def forget_replies(self, replies: list[Heard]) -> None:
        raise NotImplementedError


class ReportsFirst(Sandbox):
    """The receipt is there, and heard, before the answer to the submission."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.heard = asyncio.Event()

    async def submit(self, submission: Submission) -> Answer:
        answer = await super().submit(submission)
        await self.heard.wait()
        return answer


SETTLED = (Status.DELIVERED, Status.UNDELIVERED, Status.REJECTED)
