"""Public holidays by country and subdivision, from the `holidays` package: computed, not fetched."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """Of a country (ISO 3166-1 alpha-2), and of one of its subdivisions (as in ISO 3166-2) if named."""

    country: str
    subdivision: str | None = None

    def name_on(self, day: date) -> str | None:
        return _of_year(self, day.year).get(day)


@lru_cache(maxsize=512)
def _of_year(where: PublicHolidays, year: int) -> Mapping[date, str]:
    return dict(
        holidays.country_holidays(where.country, subdiv=where.subdivision, years=year, language="en_US")
    )


@lru_cache(maxsize=1)
def _supported() -> Mapping[str, frozenset[str]]:
    """Without what is no subdivision of ISO 3166-2 (school zones, a town's own holiday): the names with a
    blank."""
    known = holidays.list_supported_countries(include_aliases=True)
    return {
        country: frozenset(name for name in subdivisions if " " not in name)
        for country, subdivisions in known.items()
        if len(country) == 2
    }


def known(country: str, subdivision: str | None = None) -> PublicHolidays | None:
    """As far as they are known: those of the country when the subdivision is not, None without either."""
    if country not in _supported():
        return None
    return PublicHolidays(country, subdivision if subdivision in _supported()[country] else None)


def check_country(country: str) -> str:
    """Raises ValueError for a country whose holidays are not known."""
    if country not in _supported():
        raise ValueError(f"the public holidays of {country} are not known here")
    return country


def check_subdivision(country: str, subdivision: str | None) -> None:
    """Raises ValueError, listing those that are known."""
    known = _supported()[country]
    if subdivision is not None and subdivision not in known:
        raise ValueError(f"{country} has no subdivision {subdivision}: {', '.join(sorted(known)) or 'none'}")
