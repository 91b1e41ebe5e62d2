"""Messages of a release that did not yet remember numbers by their hash: a STOP must find them too."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.jobs import Job
from vetagenda_kit.service import Service
from vetagenda_sms.number_key import hashed
from vetagenda_sms.tables import Message

BATCH = 500


async def hash_numbers(service: Service) -> None:
    """Those whose number is not forgotten yet. The key is a file: the database cannot do it by itself."""
    lacking = (
        select(Message)
        .where(col(Message.number_hash).is_(None), col(Message.to).is_not(None))
        .order_by(col(Message.id))
        .limit(BATCH)
        .with_for_update()
    )
    found = BATCH
    while found == BATCH:
        async with service.db.jobs_writing() as session:
            messages = (await session.scalars(lacking)).all()
            for message in messages:
                message.number_hash = hashed(service, message.to or "")
            found = len(messages)


JOB = Job("hash-numbers", timedelta(minutes=10), hash_numbers)
