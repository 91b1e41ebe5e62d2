import vetagenda_agenda.desk.tables
import vetagenda_agenda.documents.tables
import vetagenda_agenda.erasures.tables
import vetagenda_agenda.exchange.tables
import vetagenda_agenda.partners.tables
import vetagenda_agenda.sandbox.tables
import vetagenda_agenda.waitlist.tables  # noqa: F401 - adds its tables to the metadata
from vetagenda_agenda.tables import metadata
from vetagenda_kit.migrations import run_environment

run_environment("agenda", metadata)
