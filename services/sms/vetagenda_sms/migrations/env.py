import vetagenda_sms.replies.tables  # noqa: F401 - adds its table to the metadata
from vetagenda_kit.migrations import run_environment
from vetagenda_sms.tables import SmsTable

run_environment("sms", SmsTable.metadata)
