"""Typographic characters rewritten so that a text fits GSM-7, or not at all.

Only signs are rewritten (quotes, dashes, bullets, arrows, spaces and what nobody sees), and letters that were
joined for print: an accent is never touched, because it can change the word (`jeûne`, `sûr`). What stands
beside a sign does not matter, so that pieces of a text can be rewritten for themselves.
"""

import re

from vetagenda_sms_text.alphabet import character_class
from vetagenda_sms_text.profiles import STANDARD, CarrierProfile
from vetagenda_sms_text.segments import normalise, segment

_REWRITES = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u02bc`\u00b4",
    '"': "\u201c\u201d\u201e\u201f\u2033«»",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2022\u2023\u2219\u25aa\u25cf\u25e6\u00b7",
    "...": "\u2026",
    "x": "\u00d7",
    "/": "\u2044\u2215",
    "->": "\u2192\u2794\u279c",
    "<-": "\u2190",
    "<->": "\u2194",
    "=>": "\u21d2",
    "\n": "\u2028\u2029",
    "ff": "\ufb00",
    "fi": "\ufb01",
    "fl": "\ufb02",
    "ffi": "\ufb03",
    "ffl": "\ufb04",
    " ": "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "": "\u00ad\u200b\u200c\u200e\u200f\u202a\u202c\u202d\u2060\u2066\u2068\u2069\ufeff",
}
UNSEEN = _REWRITES[""]
"""What nobody sees, inside a word or beside it."""
_TYPOGRAPHY = str.maketrans({sign: plain for plain, signs in _REWRITES.items() for sign in signs})
SIGNS = character_class(sign for signs in _REWRITES.values() for sign in signs)
TYPOGRAPHIC = re.compile(f"[{SIGNS}]")
_NONE_TYPOGRAPHIC = re.compile(f"[^{SIGNS}]*+")


def plain_typography(text: str) -> str:
    """With plain quotes, dashes and spaces, whatever else there is."""
    return text if _NONE_TYPOGRAPHIC.fullmatch(text) else text.translate(_TYPOGRAPHY)


def gsm_safe(text: str, profile: CarrierProfile = STANDARD) -> str | None:
    """The text with plain quotes, dashes and spaces, if that brings it into GSM-7 and costs no more (of an
    ellipsis three dots are left); None if not or not needed.

    Raises UnusableCharacter.
    """
    text = normalise(text)
    if profile.fits_gsm7.fullmatch(text):
        return None
    rewritten = plain_typography(text)
    if not profile.fits_gsm7.fullmatch(rewritten):
        return None
    return rewritten if segment(rewritten, profile).segments <= segment(text, profile).segments else None
