"""The merge fields of a reminder: those of each owner and animal, and those that all share. Pure."""

from collections.abc import Mapping
from typing import Any

from vetagenda_contracts.merge_fields import TYPICAL

OF_EACH = ("owner", "owner_given_name", "owner_family_name", "animal", "species")
"""Taken from the practice's records."""

SAMPLES = {name: value for name, value in TYPICAL.items() if name not in OF_EACH}
"""What stands in for a value that the request does not give."""

KNOWN = tuple(TYPICAL)


def of_practice(name: str, phone: str | None, address: Any) -> dict[str, str | None]:
    """What the agenda knows of the practice itself."""
    return {"practice": name, "practice_phone": phone, "practice_address": _in_one_line(address)}


def _in_one_line(address: Any) -> str | None:
    if not isinstance(address, Mapping):
        return address or None
    town = " ".join(part for part in (address.get("postal_code"), address.get("city")) if part)
    return ", ".join(part for part in (address.get("street"), town) if part) or None


def shared_values(given: Mapping[str, str], of_practice: Mapping[str, str | None]) -> dict[str, str]:
    """What is the same for all: as given, as the practice is, or a sample."""
    real = {name: value for name, value in of_practice.items() if value}
    return SAMPLES | real | dict(given)
