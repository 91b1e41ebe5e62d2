"""How many SMS a text is, and why: 3GPP TS 23.038 (alphabets) and TS 23.040 (concatenation).

Pure, and of the standard library alone but for carriers that keep grapheme clusters whole: it counts the same
wherever a text is written, stored or sent.
"""

from vetagenda_sms_text.alphabet import Encoding
from vetagenda_sms_text.characters import OffendingCharacter, dropped_characters, offending_characters
from vetagenda_sms_text.profiles import (
    MAX_SEGMENTS,
    PROFILES,
    STANDARD,
    CarrierProfile,
    ExtensionTable,
    SplitUnit,
)
from vetagenda_sms_text.rewriting import gsm_safe, plain_typography
from vetagenda_sms_text.segments import (
    CodeUnits,
    Segmentation,
    UnusableCharacter,
    code_units,
    normalise,
    segment,
)
from vetagenda_sms_text.suggestions import Change, Kind, Suggestion, suggestions
from vetagenda_sms_text.words import changes_meaning, without_accents

__all__ = [
    "MAX_SEGMENTS",
    "PROFILES",
    "STANDARD",
    "CarrierProfile",
    "Change",
    "CodeUnits",
    "Encoding",
    "ExtensionTable",
    "Kind",
    "OffendingCharacter",
    "Segmentation",
    "SplitUnit",
    "Suggestion",
    "UnusableCharacter",
    "changes_meaning",
    "code_units",
    "dropped_characters",
    "gsm_safe",
    "normalise",
    "offending_characters",
    "plain_typography",
    "segment",
    "suggestions",
    "without_accents",
]
