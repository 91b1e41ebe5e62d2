"""What a carrier does differently from the standard, as data."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from vetagenda_sms_text.alphabet import GSM7_BASIC, GSM7_EXTENSION, Encoding, character_class


class ExtensionTable(StrEnum):
    """How a carrier treats `| ^ € { } [ ] ~ \\` and the form feed."""

    DOUBLE = "double"  # two septets each: the standard
    FORCES_UCS2 = "forces_ucs2"  # one of them makes the whole text UCS-2
    DROP = "drop"  # left out of a GSM-7 text, and so not counted; in a UCS-2 text they are as any other


class SplitUnit(StrEnum):
    """What a carrier never cuts in two. A cluster that is longer than a part is cut at code points."""

    CODE_POINT = "code_point"  # an escape pair or a surrogate pair: the standard
    GRAPHEME = "grapheme"  # also an emoji sequence, a flag, a letter with its combining accents, CR LF


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
_LONGEST_SUFFIX = 66  # one part of the smallest kind


@dataclass(frozen=True)
class CarrierProfile:
    """`suffix` is what the carrier puts behind every text; it is counted, and stands whole in the last part.
    More than `max_segments` the carrier does not take."""

    name: str
    extension_table: ExtensionTable = ExtensionTable.DOUBLE
    reference_bits: int = 8
    split_unit: SplitUnit = SplitUnit.CODE_POINT
    suffix: str = ""
    max_segments: int = MAX_SEGMENTS
    fits_gsm7: re.Pattern[str] = field(init=False, repr=False, compare=False)
    forces_ucs2: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        forced = self.extension_table is ExtensionTable.FORCES_UCS2
        allowed = character_class(GSM7_BASIC if forced else GSM7_BASIC | GSM7_EXTENSION)
        object.__setattr__(self, "fits_gsm7", re.compile(f"[{allowed}]*+"))
        object.__setattr__(self, "forces_ucs2", re.compile(f"[^{allowed}]"))
        if len(self.suffix) > _LONGEST_SUFFIX or not set(self.suffix) <= GSM7_BASIC:
            raise ValueError(f"A suffix is at most {_LONGEST_SUFFIX} characters of the basic GSM-7 table")

    def limits(self, encoding: Encoding) -> Limits:
        return LIMITS_BY_REFERENCE_BITS[self.reference_bits][encoding]


STANDARD = CarrierProfile("standard")

PROFILES = {
    profile.name: profile
    for profile in (
        STANDARD,
        CarrierProfile("standard_16_bit", reference_bits=16),
        CarrierProfile("grapheme", split_unit=SplitUnit.GRAPHEME),
        CarrierProfile("forces_ucs2", extension_table=ExtensionTable.FORCES_UCS2),
        CarrierProfile("drops_extension", extension_table=ExtensionTable.DROP),
        CarrierProfile("twilio", split_unit=SplitUnit.GRAPHEME, max_segments=10),
        CarrierProfile("ovh_marketing", suffix=" STOP 36111"),
        CarrierProfile("smsmode", max_segments=10),
    )
}
