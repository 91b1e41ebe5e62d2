"""What the sms service is told at start, beyond what every service is."""

from datetime import timedelta

from vetagenda_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """`carrier_timeout` bounds one submission; it must be well below `sending_is_stale_after`, after which
    a submission whose outcome nobody recorded counts as unknown. `carrier_settles_after` is how long a
    carrier may take to list a message that it got. `sms_callback_secret` is the secret part of the address at
    which the carrier tells what owners answer; without it nobody can. What they wrote is kept for
    `texts_kept_for`, unless the practice chose otherwise. Each practitioner adds
    `sms_pool_per_practitioner` segments to the practice's month; without it nothing is limited."""

    carrier_timeout: timedelta = timedelta(seconds=10)
    sending_is_stale_after: timedelta = timedelta(seconds=20)
    carrier_settles_after: timedelta = timedelta(seconds=5)
    carrier_retry_after: timedelta = timedelta(seconds=30)
    sms_callback_secret: str | None = None
    texts_kept_for: timedelta = timedelta(days=30)
    sms_pool_per_practitioner: int | None = 100
