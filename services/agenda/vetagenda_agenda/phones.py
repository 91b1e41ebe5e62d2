"""Telephone numbers: kept as typed, and as E.164 where they are numbers of the practice's country."""

import phonenumbers

_FRENCH_OVERSEAS = ("GP", "GF", "MQ", "RE", "YT")


def e164(number: str | None, country: str) -> str | None:
    """E.164, or None for what is no valid number. Overseas French numbers are dialled nationally too."""
    if not number or any(character.isalpha() for character in number):
        return None
    regions = (country, *_FRENCH_OVERSEAS) if country == "FR" else (country,)
    for region in regions:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    return None
