"""What all links of one app share on their way to Google."""

from concurrent.futures import ThreadPoolExecutor
from typing import Self

from vetagenda_calendar_sync.google.budget import Budget
from vetagenda_calendar_sync.settings import Settings
from vetagenda_kit.service import Service

SPARE_THREADS = 4  # for people who connect or disconnect while every cycle waits for an answer


class Door:
    """Threads enough for every cycle at once, so that a link whose Google is slow takes nobody else's."""

    def __init__(self, settings: Settings) -> None:
        count = settings.concurrent_cycles + SPARE_THREADS
        self.threads = ThreadPoolExecutor(count, thread_name_prefix="google")
        self.budget = Budget(settings.google_pause.total_seconds(), settings.google_calls_per_minute)

    @classmethod
    def of(cls, service: Service) -> Self:
        if cls not in service.shared:
            service.shared[cls] = cls(service.settings)
        door: Self = service.shared[cls]
        return door
