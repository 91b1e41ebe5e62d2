"""What the reminders service is told at start, beyond what every service is."""

from datetime import time, timedelta
from pathlib import Path

from vetagenda_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """Without `smtp_host` no e-mail can leave: its rows are skipped as `email_not_configured`, so that the
    ledger says so and nothing floods out on the day a server is named. E-mail and fax of test practices
    leave only with `test_practices_send_email`; else they are `sent` with the delivery `sandbox`, with or
    without a server. `smtp_security` is `none` (a relay on loopback), `starttls` or `tls`. `sender_email`
    signs for practices that name none of their own; answers go to the practice. `public_url` is where owners
    reach the platform; with https it stands in `List-Unsubscribe`.

    With `bounce_domain` what cannot be delivered comes back to `bounce+<reminder id>@<domain>`. The mail
    server delivers that into the Maildir `bounce_maildir`, which reminders reads.

    A push service is given up after `push_timeout`. `push_on_loopback`, for tests, lets one be on this
    machine and without TLS.

    `lease` is how long a worker may take over a batch of messages before another one looks at it again,
    `planning_lease` the same for planning them; `retry_after` is the pause while another service is away.
    `texts_kept_for` is how long recipient and text stay after a message ended, `ledger_kept_for` the row of a
    visit's message. Rows of products and acts stay: later reminders are counted from them.

    At `night_at` (UTC) every practice's ledger is compared with its agenda.
    """

    smtp_host: str | None = None
    smtp_port: int = 25
    smtp_security: str = "none"
    smtp_user: str | None = None
    smtp_password: str | None = None
    smtp_timeout: timedelta = timedelta(seconds=20)
    sender_email: str = "reminders@localhost"
    test_practices_send_email: bool = False
    public_url: str = "http://127.0.0.1:8080"
    bounce_domain: str | None = None
    bounce_maildir: Path | None = None
    lease: timedelta = timedelta(seconds=60)
    planning_lease: timedelta = timedelta(seconds=30)
    push_timeout: timedelta = timedelta(seconds=10)
    push_on_loopback: bool = False
    retry_after: timedelta = timedelta(seconds=30)
    night_at: time = time(1, 30)
    texts_kept_for: timedelta = timedelta(days=30)
    ledger_kept_for: timedelta = timedelta(days=3 * 365)
