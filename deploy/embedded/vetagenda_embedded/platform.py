"""The whole platform on one machine, as one object: start it, use it, stop it.

async with Platform(PlatformSettings(home, port=0)) as platform:
    ...  # platform.base_url, platform.admin_key
"""

import asyncio
import os
import secrets
import shutil
import urllib.parse
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any

from vetagenda_embedded import forkserver, preparation
from vetagenda_embedded.home import Home, Running
from vetagenda_embedded.nats import Nats
from vetagenda_embedded.nats_greeting import check_own_server
from vetagenda_embedded.parts import AppPart, Part, ServerPart
from vetagenda_embedded.postgres import Postgres
from vetagenda_embedded.preloaded import GATEWAY, PARTS, app_module
from vetagenda_embedded.preparation import Preparation
from vetagenda_embedded.settings import PlatformSettings
from vetagenda_embedded.supervision import Supervision

Report = Callable[[str], None]
APPS = {part: app_module(part) for part in PARTS}


def _silently(_: str) -> None:
    """Nobody watches."""


class Platform:
    """PostgreSQL and NATS (unless given), the five services and the gateway, each started again when it dies.

    Entering raises `UnusableHome`, `AlreadyRunning` or `ServerFailed`; leaving stops the gateway, the
    services, NATS and PostgreSQL, in this order. `apps` maps a part to the module of its app.
    """

    def __init__(
        self,
        settings: PlatformSettings,
        report: Report = _silently,
        apps: Mapping[str, str] = APPS,
        prepare: Callable[[Preparation], Awaitable[None]] | None = None,
    ) -> None:
        self.settings = settings
        self.home = Home(settings.home)
        self.supervision = Supervision(report)
        self._report = report
        self._modules = apps
        self._prepare = prepare or self._prepare_in_a_child
        self._passwords = {part: secrets.token_urlsafe(32) for part in apps}
        self._postgres: Postgres | None = None
        self._nats: Nats | None = None
        self._servers: list[ServerPart] = []
        self._apps: dict[str, AppPart] = {}

    @property
    def base_url(self) -> str:
        return self._apps[GATEWAY].url

    @property
    def urls(self) -> dict[str, str]:
        """The services' own addresses, by name."""
        return {name: app.url for name, app in self._apps.items() if name != GATEWAY}

    @property
    def admin_key(self) -> str:
        return self.home.admin_key.read_text().strip()

    @property
    def pids(self) -> dict[str, int]:
        """The process of each part: `postgres`, `nats`, the services by name, `gateway`."""
        return {part.name: part.pid for part in self._parts() if part.pid is not None}

    @property
    def restarts(self) -> list[str]:
        """The parts that were started again, in order."""
        return self.supervision.restarts

    @property
    def nats_url(self) -> str | None:
        return self._nats.url if self._nats else self.settings.nats_url

    async def __aenter__(self) -> "Platform":
        self.home.take()
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    def remove(self) -> None:
        """Delete the data folder of a stopped platform: for tests and demonstrations that are thrown away."""
        if self._postgres is not None:
            self._postgres.remove()
        shutil.rmtree(self.home.folder, ignore_errors=True)

    async def _start(self) -> None:
        forkserver.warm_up()  # it imports while the servers start
        self._listen()
        self._report("PostgreSQL and NATS")
        self._make_servers()
        await _together(part.start() for part in self._servers)
        await self._prepare(self._preparation())
        self.home.forget_restored()
        self._report("services and gateway")
        self._configure()
        await _together(app.start() for app in self._apps.values())
        for part in self._parts():
            self.supervision.watch(part)
        self.home.say_running(Running(os.getpid(), self.base_url, self.urls))

    async def _stop(self) -> None:
        await self.supervision.end()
        self.home.say_stopped()
        for step in self._stopping_order():
            self._report(f"stopping {', '.join(part.name for part in step)}")
            await asyncio.gather(*(part.stop() for part in step))
            for part in step:
                part.close()
        self.home.lock.release()

    def _stopping_order(self) -> list[Sequence[Part]]:
        """Nothing loses what it needs: the door first, then those behind it, then what they stand on."""
        steps: list[Sequence[Part]] = [
            [app for name, app in self._apps.items() if name == GATEWAY],
            [app for name, app in self._apps.items() if name != GATEWAY],
            *([server] for server in reversed(self._servers)),
        ]
        return [step for step in steps if step]

    def _parts(self) -> list[Part]:
        return [*self._servers, *self._apps.values()]

    def _listen(self) -> None:
        """Take the addresses first: a port in use is said before anything is started."""
        for name, module in self._modules.items():
            port = self.settings.port if name == GATEWAY else 0
            self._apps[name] = AppPart(name, module, self.home.logs / f"{name}.log", port)

    def _make_servers(self) -> None:
        if self.settings.database_url is None:
            self._postgres = Postgres(self.home.postgres, durable=self.settings.durable)
            self._servers.append(ServerPart("postgres", self._postgres))
        if self.settings.nats_url is None:
            self._nats = Nats(self.home.nats, durable=self.settings.durable)
            self._servers.append(ServerPart("nats", self._nats))
        else:
            check_own_server(self.settings.nats_url)

    def _configure(self) -> None:
        for name, app in self._apps.items():
            app.settings = self.settings_of(name)

    def settings_of(self, part: str) -> dict[str, Any]:
        """What a part is told; the names are those of the kit's ServiceSettings."""
        return {
            "database_url": self.database_url(part),
            "nats_url": self.nats_url,
            "keys_file": self.home.keys,
            "documents_folder": self.home.documents,
            "urls": self.urls,
            "public_url": self.settings.public_url or self.base_url,
            "log_level": self.settings.log_level,
            **self.settings.services.get(part, {}),
        }

    def database_url(self, part: str | None = None) -> str:
        """The address for a part's runtime role; without a part, the administrator's."""
        if self._postgres is not None:
            administrator = self._postgres.admin_url()
        else:
            administrator = self.settings.database_url or ""
        if part is None:
            return administrator
        return _as_role(administrator, f"vetagenda_{part.replace('-', '_')}", self._passwords[part])

    def _preparation(self) -> Preparation:
        return Preparation(
            admin_url=self.database_url(),
            passwords=self._passwords,
            keys_file=self.home.keys,
            admin_key_file=self.home.admin_key,
            demonstration_file=self.home.demonstration,
            database_urls={part: self.database_url(part) for part in self._modules},
            is_restored=self.settings.restored or self.home.was_restored(),
        )

    async def _prepare_in_a_child(self, order: Preparation) -> None:
        await preparation.prepare(order, self.home.logs / "preparation.log", self._report)


def _as_role(url: str, role: str, password: str) -> str:
    split = urllib.parse.urlsplit(url)
    place = split.netloc.rpartition("@")[2]
    return split._replace(netloc=f"{role}:{urllib.parse.quote(password, safe='')}@{place}").geturl()


async def _together(starts: Iterable[Awaitable[None]]) -> None:
    """All at once; when one fails the others still finish, so that they can be stopped, then it is raised."""
    outcomes = await asyncio.gather(*starts, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
