"""SMS-6: what a sender may be, and where it may be shown."""

import pytest

from vetagenda_sms.senders.rules import SenderKind, UnusableSender, checked, kind_of, sender_for

NAME, NUMBER, SHORT = "Clinique", "+33700000000", "36180"


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("Vet", SenderKind.NAME),
        ("Clinique 12", SenderKind.NAME),
        ("1a2", SenderKind.NAME),
        ("Ve", None),
        ("Clinique 123", None),
        ("12 34 56", None),
        ("123a", SenderKind.NAME),
        ("Clinique!", None),
        ("Clinïque", None),
        ("", None),
        ("   ", None),
        ("+33612345678", SenderKind.NUMBER),
        ("+336", None),
        ("+0612345678", None),
        ("0612345678", None),
        ("36180", SenderKind.SHORT_CODE),
        ("12", None),
        ("٣٦١٨٠", None),
        ("+３３６１２３４５６７８", None),
    ],
)
def test_kinds_of_sender(sender: str, kind: SenderKind | None) -> None:
    """SMS-6."""
    assert kind_of(sender) is kind


@pytest.mark.parametrize("sender", ["Ve", "Clinique 123", "Clinïque", " Vet", "Vet ", "12 34", "Vet\n"])
def test_a_sender_that_no_network_shows_is_refused(sender: str) -> None:
    """SMS-6."""
    with pytest.raises(UnusableSender, match="3 to 11"):
        checked(sender)


@pytest.mark.parametrize(
    ("country", "wanted", "shown"),
    [
        ("FR", (NAME, NUMBER), NAME),
        ("DE", (NAME, NUMBER), NAME),
        ("LU", (NAME, NUMBER), NAME),
        ("CH", (NAME, NUMBER), NAME),
        ("BE", (NAME, NUMBER), NUMBER),
        ("BE", (NAME, SHORT), SHORT),
        ("BE", (NAME, None), None),
        ("BE", ("+32470000000",), "+32470000000"),
        ("CH", ("+41760000000", NUMBER), NUMBER),
        ("CH", ("+41760000000",), None),
        ("FR", (None, None), None),
        ("FR", (), None),
        ("RE", (NAME,), NAME),
        ("", (NAME,), NAME),
    ],
)
def test_a_country_shows_the_first_that_it_lets_pass(
    country: str, wanted: tuple[str | None, ...], shown: str | None
) -> None:
    """SMS-6: Belgium shows no names, Switzerland no Swiss numbers."""
    assert sender_for(country, *wanted) == shown
