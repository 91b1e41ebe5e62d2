"""What the calendar-sync service is told at start, beyond what every service is."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from vetagenda_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """Google's addresses are settings so that a proxy can stand in front. `public_url` is where a browser
    reaches the platform: Google sends people back there after their consent. `sync_every` is jittered by a
    tenth either way. `google_pause` is the least time between two calls for one person (5 a second),
    `google_calls_per_minute` what all links of this process may ask together (half of a project's quota);
    `google_first_retry_after` grows fourfold with every try, to 64 s. `google_notifications_url` is our
    address as Google reaches it (https): without it nothing is watched and the poll alone finds changes.
    After `cycle_slice` a cycle with work left makes way for others and comes back."""

    google_client_id: str = ""
    google_client_secret: str = ""
    google_auth_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    google_revoke_url: str = "https://oauth2.googleapis.com/revoke"
    google_api_url: str = "https://www.googleapis.com/calendar/v3/"
    google_timeout: timedelta = timedelta(seconds=20)
    google_pause: timedelta = timedelta(milliseconds=200)
    google_calls_per_minute: int = 5000
    google_first_retry_after: timedelta = timedelta(seconds=1)
    google_notifications_url: str = ""
    google_notified_at_most_every: timedelta = timedelta(seconds=10)
    caldav_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    caldav_timeout: timedelta = timedelta(seconds=30)
    caldav_first_retry_after: timedelta = timedelta(seconds=1)
    public_url: str = "http://127.0.0.1:8080"
    sync_every: timedelta = timedelta(seconds=300)
    lease: timedelta = timedelta(seconds=60)
    cycle_slice: timedelta = timedelta(seconds=60)
    concurrent_cycles: int = 16
