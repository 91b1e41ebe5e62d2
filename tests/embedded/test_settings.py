"""What the operator may say in the environment."""

from pathlib import Path

import pytest

from vetagenda_embedded.settings import BadSetting, PlatformSettings


def test_nothing_said_is_the_embedded_platform_beside_the_operator() -> None:
    settings = PlatformSettings.from_environment({})
    assert (settings.home, settings.port) == (Path.cwd() / ".vetagenda", 8080)
    assert settings.database_url is None
    assert settings.nats_url is None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2"])
def test_a_database_address_is_taken_as_hosters_write_it(scheme: str) -> None:
    settings = PlatformSettings.from_environment(
        {"DATABASE_URL": f"{scheme}://u:p@db.example/vet?ssl=require"}
    )
    assert settings.database_url == "postgresql+asyncpg://u:p@db.example/vet?ssl=require"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VETAGENDA_PORT", "eighty"),
        ("VETAGENDA_PORT", "70000"),
        ("DATABASE_URL", "mysql://u@h/d"),
        ("VETAGENDA_PUBLIC_URL", "agenda.example.org"),
    ],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        PlatformSettings.from_environment({name: value})


@pytest.mark.parametrize("told", [None, "https://agenda.example.org"])
def test_where_owners_reach_the_platform_may_be_said(told: str | None) -> None:
    environment = {"VETAGENDA_PUBLIC_URL": told or ""}
    assert PlatformSettings.from_environment(environment).public_url == told
