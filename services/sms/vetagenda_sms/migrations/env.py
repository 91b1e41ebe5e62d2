import vetagenda_sms.choices.tables
import vetagenda_sms.opt_outs.tables
import vetagenda_sms.quota.tables
import vetagenda_sms.replies.tables  # noqa: F401 - these add their tables to the metadata
from vetagenda_kit.migrations import run_environment
from vetagenda_sms.tables import SmsTable

run_environment("sms", SmsTable.metadata)
