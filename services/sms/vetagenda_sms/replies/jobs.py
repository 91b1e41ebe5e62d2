"""Fetches the answers that a carrier keeps for us."""

from datetime import timedelta
from uuid import UUID

from vetagenda_kit.jobs import Job
from vetagenda_kit.service import Service
from vetagenda_sms.messages.jobs import CarrierOf
from vetagenda_sms.number_key import hashed
from vetagenda_sms.replies import commands


class Listener:
    """The jobs around one carrier's answers."""

    def __init__(self, carrier_of: CarrierOf) -> None:
        self._carrier_of = carrier_of

    def jobs(self) -> list[Job]:
        return [Job("hear-replies", timedelta(seconds=1), self.hear)]

    async def hear(self, service: Service, practice_id: UUID | None = None) -> list[str]:
        """All that waits to be fetched, of one practice or all; a line for each that answers a message."""
        carrier, actor = self._carrier_of(service.db), service.job("hear")
        waiting = await carrier.replies(practice_id)
        if not waiting:
            return []
        async with service.db.jobs_writing() as session:
            taken = [
                await commands.take(
                    session, carrier.name, heard, actor, number_hash=hashed(service, heard.sender)
                )
                for heard in waiting
            ]
        await carrier.forget_replies(waiting)
        return [f"sms {reply.message_id} answered: {reply.meaning.value}" for reply in taken if reply]
