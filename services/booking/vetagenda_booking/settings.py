"""Settings of the booking service."""

from datetime import timedelta

from pydantic import Field

from vetagenda_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """`urls` names the agenda, which every booking asks and tells. `public_url` is where owners reach the
    platform: the address in front of `/v1/links/...` in what is sent to them. `most_open_holds` is how many
    starts of a practice one key may keep at once without booking them. `requests_kept_for` counts from the
    end that was asked for: what became of the visit is in the agenda."""

    most_open_holds: int = Field(default=20, ge=1)
    public_url: str = "http://127.0.0.1:8080"
    requests_kept_for: timedelta = timedelta(days=3 * 365)
