import vetagenda_reminders.care.tables
import vetagenda_reminders.ladder.answers.tables
import vetagenda_reminders.reconciling.tables
import vetagenda_reminders.service_emails.tables
import vetagenda_reminders.visits.tables
import vetagenda_reminders.web_push.tables  # noqa: F401 - adds its tables to the metadata
from vetagenda_kit.migrations import run_environment
from vetagenda_reminders.tables import RemindersTable

run_environment("reminders", RemindersTable.metadata)
