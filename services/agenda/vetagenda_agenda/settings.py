"""Settings of the agenda service."""

from vetagenda_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """`urls` also names the services whose time passes with a test practice's clock."""
