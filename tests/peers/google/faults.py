"""What goes wrong on purpose, and what was asked: both are read and set by tests while the server runs."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["refuse", "lost", "dropped", "truncated", "hook", "slow", "html", "reshape", "reset"]


@dataclass
class Fault:
    """The next `times` calls of `method` (`events.insert`, `oauth.token` or `*`) go wrong.

    refuse: answered `status` / `reason` and not applied. dropped: the connection closes, not applied.
    lost: applied, then the connection closes without an answer. truncated: applied, half an answer.
    reshape: applied, and answered 200 with `body` instead of what it should be.
    hook: `run` is called first and the call then goes its way (somebody else edits in between).
    slow: answered after `seconds`. html: applied, answered with a proxy's page instead (`status`).
    reset: applied, then the connection is torn down (RST).
    """

    method: str
    kind: Kind = "refuse"
    status: int = 500
    reason: str = "backendError"
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    run: Callable[[], object] | None = None
    skip: int = 0
    seconds: float = 0.0
    path: str = ""
    body: bytes = b""

    def meets(self, method: str, path: str = "") -> bool:
        """`path`: only calls whose path has this part."""
        if self.times <= 0 or self.method not in (method, "*") or self.path not in path:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class Faults:
    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.guard = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self.guard:
            self.waiting.append(fault)

    def clear(self) -> None:
        with self.guard:
            self.waiting.clear()

    def take(self, method: str, path: str = "") -> Fault | None:
        with self.guard:
            return next((fault for fault in self.waiting if fault.meets(method, path)), None)


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    status: int
    at: float = field(default_factory=time.monotonic)

    @property
    def writes(self) -> bool:
        return self.method.split(".")[1] in {"insert", "patch", "update", "delete", "clear"}


class CallLog:
    """Every HTTP call that reached the server, in order; a call without an answer has status 0."""

    def __init__(self) -> None:
        self.entries: list[Call] = []

    def add(self, call: Call) -> None:
        self.entries.append(call)

    def clear(self) -> None:
        self.entries.clear()

    def count(self, method: str | None = None) -> int:
        """Calls of the Calendar API, or of one method of it; OAuth is counted only by name."""
        if method is None:
            return sum(not call.method.startswith("oauth.") for call in self.entries)
        return sum(call.method == method for call in self.entries)

    @property
    def writes(self) -> int:
        return sum(call.writes for call in self.entries)

    def by_method(self) -> dict[str, int]:
        return dict(Counter(call.method for call in self.entries))
