from vetagenda_calendar_sync.tables import CalendarSyncTable
from vetagenda_kit.migrations import run_environment

run_environment("calendar-sync", CalendarSyncTable.metadata)
