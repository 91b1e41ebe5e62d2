"""Sign-in links. Asking writes the same row whoever is asked for; a job looks whether there is an account."""

import json
from datetime import timedelta
from typing import Any

from cryptography.fernet import MultiFernet
from sqlalchemy import Row, delete, insert, select, update

from vetagenda_gateway.sessions import queries, rules
from vetagenda_gateway.tables import staff_link
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service

BATCH = 20
EVERY = timedelta(seconds=1)
_MINUTES = int(rules.LINK_LIFE.total_seconds() // 60)
log = logger("sessions")


async def ask(session: WriteSession, email: str, cipher: MultiFernet) -> None:
    token = rules.generate(rules.LINK)
    sealed = cipher.encrypt(json.dumps({"email": email, "token": token.secret}).encode())
    row = {"id": uuid7(), "digest": token.digest, "sealed": sealed}
    row |= {"expires_at": system_now() + rules.LINK_LIFE}
    await session.execute(insert(staff_link).values(row))


async def send_asked(service: Service) -> None:
    waiting = select(staff_link).where(staff_link.c.sealed.is_not(None)).order_by(staff_link.c.id)
    async with service.db.jobs_reading() as session:
        links = (await session.execute(waiting.limit(BATCH))).all()
    for link in links:
        try:
            await _send(service, link)
        except (ServiceUnavailable, PeerProblem) as problem:
            log.warning("sign_in_link_waits", link_id=str(link.id), code=problem.code)


async def _send(service: Service, link: Row[Any]) -> None:
    """Whose it is is committed before the e-mail can leave: the link works when it arrives. The e-mail has
    the link's id, so that a second order of it is the same one."""
    wanted = json.loads(service.cipher.decrypt(link.sealed))
    async with service.db.jobs_writing() as session:
        account = await queries.account_by_email(session, wanted["email"])
        members = await queries.memberships(session, account.id) if account else ()
        mine = staff_link.c.id == link.id
        if account is None or not members or link.expires_at <= system_now():
            await session.execute(delete(staff_link).where(mine))
            return
        await session.execute(update(staff_link).where(mine).values(account_id=account.id))
    await _order(service, link, members[0], wanted["token"])
    async with service.db.jobs_writing() as session:
        await session.execute(update(staff_link).where(staff_link.c.id == link.id).values(sealed=None))


async def _order(service: Service, link: Row[Any], member: Row[Any], token: str) -> None:
    ask_peer, practices = service.peers.call, [member.practice_id]
    path = f"/internal/practices/{member.practice_id}"
    practice = await ask_peer("agenda", "GET", path, actor=service.actor, practices=practices)
    url = service.settings.sign_in_url.replace("{token}", token)
    order = {
        "practice_id": str(member.practice_id),
        "kind": "sign-in-link",
        "locale": practice["locale"],
        "to": member.email,
        "values": {"name": member.name, "link": url, "minutes": str(_MINUTES)},
        "useful_until": link.expires_at.isoformat(),
    }
    path = f"/internal/emails/{link.id}"
    await ask_peer("reminders", "PUT", path, actor=service.actor, practices=practices, json=order)
