"""Which durations a clock may be advanced by."""

import pytest

from vetagenda_agenda.sandbox.rules import of_fixed_length


@pytest.mark.parametrize("duration", ["P1Y", "p1m", "-P1Y", "P1M2DT3H", " P1Y"])
def test_years_and_months_have_no_length(duration: str) -> None:
    with pytest.raises(ValueError, match="no length of its own"):
        of_fixed_length(duration)


@pytest.mark.parametrize("duration", ["PT1M", "P1DT90M", "P365D", "10 days, 01:00:00", "1 day", 60])
def test_what_else_is_a_duration_is_left_to_who_reads_it(duration: object) -> None:
    """A day has a Y in its name, and is not a year."""
    assert of_fixed_length(duration) == duration
