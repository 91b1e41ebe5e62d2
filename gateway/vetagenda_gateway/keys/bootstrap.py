"""The operator's own key, made when the platform starts for the first time."""

from vetagenda_contracts.events import Actor
from vetagenda_gateway.keys import commands, queries, rules
from vetagenda_gateway.keys.schemas import NewKey
from vetagenda_kit.db import Database


async def create_admin_key(database_url: str, name: str = "operator") -> tuple[str, str]:
    """(id, key) of a new live key: `admin`, all practices. `database_url` is the gateway's."""
    database = Database(database_url, "gateway", pool_size=1)
    try:
        async with database.jobs_writing() as session:
            order = NewKey(name=name, scopes=[rules.ADMIN])
            key, secret = await commands.create(session, order, Actor(kind="service", id="platform"))
        return str(key.id), secret
    finally:
        await database.close()


async def is_known(database_url: str, key: str) -> bool:
    """Whether this database has the key: a data folder and its database may not belong together."""
    database = Database(database_url, "gateway", pool_size=1)
    try:
        async with database.jobs_reading() as session:
            return await queries.by_digest(session, rules.digest(key)) is not None
    finally:
        await database.close()
