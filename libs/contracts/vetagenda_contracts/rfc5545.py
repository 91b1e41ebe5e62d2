"""Texts of iCalendar (RFC 5545, 3.3.11). Pure."""


def escaped(text: str) -> str:
    r"""The TEXT form: backslashes, semicolons, commas and line breaks escaped, whatever follows a backslash.

    Libraries take a typed `\N` for a line break: `K:\Notes` would lose its N.
    """
    for plain, written in (("\\", "\\\\"), (";", r"\;"), (",", r"\,"), ("\r\n", r"\n"), ("\n", r"\n")):
        text = text.replace(plain, written)
    return text.replace("\r", r"\n")
