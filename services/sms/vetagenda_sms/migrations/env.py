from vetagenda_kit.migrations import run_environment
from vetagenda_sms.tables import SmsTable

run_environment("sms", SmsTable.metadata)
