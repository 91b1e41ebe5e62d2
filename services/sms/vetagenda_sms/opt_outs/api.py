"""Routes of opt-outs. A number is asked about in a body: addresses end up in logs."""

from typing import Annotated

from fastapi import Depends

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.pages import Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import Write, router
from vetagenda_sms.dialling import dialled
from vetagenda_sms.numbers import read_number
from vetagenda_sms.opt_outs import commands, queries
from vetagenda_sms.opt_outs.schemas import AskedNumber, CheckedNumber, OptOuts
from vetagenda_sms.opt_outs.tables import OptOut, Source
from vetagenda_sms.practices import AskedPractice

public = router(tags=["sms"], prefix="/v1/practices/{practice_id}/sms/opt-outs")

SmsWriter = Annotated[Caller, Depends(requires("sms:write"))]
SmsReader = Annotated[Caller, Depends(requires("sms:read"))]


def _hash(asked: AskedNumber, practice: AskedPractice) -> str:
    """Of the number in the body. Raises InvalidRequest."""
    return practice.hashed(dialled(read_number, asked.to, practice.country, "/to"))


NumberHash = Annotated[str, Depends(_hash)]


@public.get("")
async def list_opt_outs(_caller: SmsReader, session: Read, paging: Paging) -> OptOuts:
    """Who wants no SMS, newest first: when and how they said so. Numbers are not kept."""
    return await queries.newest_first(session, paging)


@public.post("", responses=problems(InvalidRequest, NotFound))
async def record_opt_out(
    caller: SmsWriter, practice: AskedPractice, number_hash: NumberHash, session: Write
) -> CheckedNumber:
    """Let no SMS leave to a number any more, because its owner said so at the desk or by telephone. It holds
    as a STOP does, also for what is planned. Who has opted out before keeps the instant of that."""
    actor, at = caller.actor, practice.now
    await commands.note_opt_out(session, practice.id, number_hash, Source.PRACTICE, at, actor)
    return _checked(await queries.standing(session, practice.id, number_hash))


@public.post("/check", responses=problems(InvalidRequest, NotFound))
async def check_opt_out(
    _caller: SmsReader, practice: AskedPractice, number_hash: NumberHash, session: Read
) -> CheckedNumber:
    """Whether a number has opted out, and since when."""
    return _checked(await queries.standing(session, practice.id, number_hash))


@public.post("/lift", responses=problems(InvalidRequest, NotFound))
async def lift_opt_out(
    caller: SmsWriter, practice: AskedPractice, number_hash: NumberHash, session: Write
) -> CheckedNumber:
    """Let SMS leave to a number again, because its owner asks for it. What was suppressed stays so."""
    await commands.lift(session, practice.id, number_hash, Source.PRACTICE, practice.now, caller.actor)
    return CheckedNumber(opted_out=False)


def _checked(wish: OptOut | None) -> CheckedNumber:
    if wish is None:
        return CheckedNumber(opted_out=False)
    return CheckedNumber(opted_out=True, since=wish.opted_out_at, source=wish.source)
