"""What the gateway is told at start, beyond what every service is."""

from datetime import timedelta
from typing import Annotated

from pydantic import StringConstraints

from vetagenda_gateway.addresses import Network
from vetagenda_kit.settings import ServiceSettings

Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s*]+$")]


class Settings(ServiceSettings):
    """`urls` are the services that requests are forwarded to.

    Rate limits are per key and, where there is no key, per client address; a key may have its own. What all
    keys ask of one practice has a limit too, and so has what costs more than a row or two, by key and family.
    Carriers, which tell what became of each SMS at signed addresses, are counted apart.
    `access_log_retention_days` is how long it is kept who used which key for what.
    Where a proxy stands in front, `trusted_proxies` are its networks: what it writes in `X-Forwarded-For` is
    believed then, and from nobody else.
    `webhook_networks` are those of your own that webhooks may lead into (and by http): no other private,
    loopback or link-local address is ever called.
    `sign_in_url` is where a sign-in link leads, with `{token}` in it; in the fragment it reaches no server's
    log. People who sign in have `sign_ins_of_account` and `sign_ins_of_client` tries in ten minutes.
    Front-ends in browsers are admitted from `front_end_origins`, such as `https://desk.example.org`.
    `tls` says that clients reach this gateway over HTTPS only: browsers are then told to remember it.
    """

    requests_per_minute: int = 3_000
    requests_per_minute_without_key: int = 300
    requests_per_minute_of_practice: int = 12_000
    costly_requests_per_minute: dict[str, int] = {"slots": 600, "files": 60, "forecasts": 300}
    carrier_calls_per_minute: int = 12_000
    answer_timeout_seconds: float = 30.0
    trusted_proxies: list[Network] = []
    access_log_retention_days: int = 400
    webhook_networks: list[Network] = []
    webhook_timeout: timedelta = timedelta(seconds=15)
    sign_in_url: str = "http://127.0.0.1:8080/docs#token={token}"
    sign_ins_of_account: int = 10
    sign_ins_of_client: int = 100
    front_end_origins: list[Origin] = []
    tls: bool = False
