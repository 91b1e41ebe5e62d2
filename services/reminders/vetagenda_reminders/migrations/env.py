from vetagenda_kit.migrations import run_environment
from vetagenda_reminders.tables import RemindersTable

run_environment("reminders", RemindersTable.metadata)
