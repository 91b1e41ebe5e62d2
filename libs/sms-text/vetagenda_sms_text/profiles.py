"""What a carrier does differently from the standard, as data."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from vetagenda_sms_text.alphabet import GSM7_BASIC, GSM7_EXTENSION, Encoding, character_class


class ExtensionTable(StrEnum):
    """How a carrier treats `| ^ € { } [ ] ~ \\` and the form feed."""

    DOUBLE = "double"  # two septets each: the standard
    FORCES_UCS2 = "forces_ucs2"  # one of them makes the whole text UCS-2


@dataclass(frozen=True)
class Limits:
    """The most code units of one SMS: alone, and as a part of several (less its concatenation header)."""

    alone: int
    part: int


# 140 octets; the header takes 6 of them with an 8-bit reference, 7 with a 16-bit one (TS 23.040, 9.2.3.24).
LIMITS_BY_REFERENCE_BITS = {
    8: {Encoding.GSM7: Limits(160, 153), Encoding.UCS2: Limits(70, 67)},
    16: {Encoding.GSM7: Limits(160, 152), Encoding.UCS2: Limits(70, 66)},
}

MAX_SEGMENTS = 255  # the part number is one octet


@dataclass(frozen=True)
class CarrierProfile:
    name: str
    extension_table: ExtensionTable = ExtensionTable.DOUBLE
    reference_bits: int = 8
    fits_gsm7: re.Pattern[str] = field(init=False, repr=False, compare=False)
    forces_ucs2: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        doubles = self.extension_table is ExtensionTable.DOUBLE
        allowed = character_class(GSM7_BASIC | GSM7_EXTENSION if doubles else GSM7_BASIC)
        object.__setattr__(self, "fits_gsm7", re.compile(f"[{allowed}]*"))
        object.__setattr__(self, "forces_ucs2", re.compile(f"[^{allowed}]"))

    def limits(self, encoding: Encoding) -> Limits:
        return LIMITS_BY_REFERENCE_BITS[self.reference_bits][encoding]


STANDARD = CarrierProfile("standard")

PROFILES = {
    profile.name: profile
    for profile in (STANDARD, CarrierProfile("forces_ucs2", extension_table=ExtensionTable.FORCES_UCS2))
}
