"""Those who wait for a practice's next event, in this process."""

import asyncio
import contextlib
from collections.abc import Iterator


class Waiting:
    """`tell` wakes all who wait for a practice, `tell_all` everybody."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}

    @contextlib.contextmanager
    def for_practice(self, practice_id: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever there may be news; clear it before looking."""
        news = asyncio.Event()
        self._waiting.setdefault(practice_id, set()).add(news)
        try:
            yield news
        finally:
            self._waiting[practice_id].discard(news)
            if not self._waiting[practice_id]:
                del self._waiting[practice_id]

    def is_waited_for(self, practice_id: str) -> bool:
        return practice_id in self._waiting

    def tell(self, practice_id: str) -> None:
        for news in self._waiting.get(practice_id, ()):
            news.set()

    def tell_all(self) -> None:
        for practice_id in self._waiting:
            self.tell(practice_id)
