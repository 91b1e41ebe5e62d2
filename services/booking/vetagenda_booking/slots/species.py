"""Species are free words; the same word in capitals or with blanks around it is the same species."""

LONGEST = 200


def same(name: str) -> str:
    """The form in which two names of a species are compared."""
    return name.strip().casefold()


def read(name: str) -> str:
    """ValueError when there is nothing to compare, or too much (some letters become two)."""
    compared = same(name)
    if not 1 <= len(compared) <= LONGEST:
        raise ValueError(f"1 to {LONGEST} characters are expected")
    return compared
