import vetagenda_calendar_sync.feeds.tables
import vetagenda_calendar_sync.pauses.tables
import vetagenda_calendar_sync.setup.tables  # noqa: F401 - adds its tables to the metadata
from vetagenda_calendar_sync.tables import CalendarSyncTable
from vetagenda_kit.migrations import run_environment

run_environment("calendar-sync", CalendarSyncTable.metadata)
