"""Requests and views of pauses."""

from datetime import datetime

from vetagenda_calendar_sync.pauses.tables import Level
from vetagenda_kit.models import RequestModel, ViewModel


class PauseView(ViewModel):
    """What holds a link back: itself, its practice, or the platform (maintenance)."""

    level: Level
    since: datetime


class PausedView(ViewModel):
    """`running` cycles still have to end; with 0 nothing leaves and nothing is written any more."""

    links: int
    running: int
    paused: bool
    since: datetime | None


class Maintenance(RequestModel):
    """Of the whole platform."""

    active: bool


class MaintenanceView(ViewModel):
    """`running` cycles still have to end; with 0 nothing leaves and nothing is written any more."""

    active: bool
    since: datetime | None
    running: int
