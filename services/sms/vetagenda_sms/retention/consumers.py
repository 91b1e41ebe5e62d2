"""What the sms service does when an owner is erased."""

from vetagenda_contracts.agenda import OwnerDeleted
from vetagenda_kit.consumers import Consumers, Delivery
from vetagenda_kit.db import WriteSession
from vetagenda_sms.retention import commands

consumers = Consumers("sms")


@consumers.on(OwnerDeleted)
async def forget_the_owner(session: WriteSession, event: OwnerDeleted, delivery: Delivery) -> None:
    await commands.forget_owner(session, event.practice_id, event.aggregate_id, delivery.service.actor)
