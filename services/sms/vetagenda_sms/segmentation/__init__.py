"""How many SMS a text is, and why: 3GPP TS 23.038 (alphabets) and TS 23.040 (concatenation).

Pure: no input or output, usable alone.
"""

from vetagenda_sms.segmentation.alphabet import Encoding
from vetagenda_sms.segmentation.profiles import PROFILES, STANDARD, CarrierProfile
from vetagenda_sms.segmentation.rewriting import gsm_safe
from vetagenda_sms.segmentation.segments import (
    OffendingCharacter,
    Segmentation,
    UnusableCharacter,
    normalise,
    offending_characters,
    segment,
)

__all__ = [
    "PROFILES",
    "STANDARD",
    "CarrierProfile",
    "Encoding",
    "OffendingCharacter",
    "Segmentation",
    "UnusableCharacter",
    "gsm_safe",
    "normalise",
    "offending_characters",
    "segment",
]
