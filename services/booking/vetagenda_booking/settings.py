"""Settings of the booking service."""

from vetagenda_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """`urls` names the agenda, which every booking asks and tells."""
