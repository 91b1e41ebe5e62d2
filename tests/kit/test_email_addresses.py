"""REM-10: an address that is kept is one that a mail server takes, and only as one address."""

import pytest
from pydantic import TypeAdapter, ValidationError

from vetagenda_kit.email_addresses import AS_KEPT, EmailAddress, usable

ADDRESS: TypeAdapter[str] = TypeAdapter(EmailAddress)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("chloe@example.org", "chloe@example.org"),
        (" chloe@example.org ", "chloe@example.org"),
        ("Chloe.O'Neil+chat_2@EXAMPLE.org", "Chloe.O'Neil+chat_2@example.org"),
        ("accueil@clinique-vétérinaire.fr", "accueil@xn--clinique-vtrinaire-kwbb.fr"),
        ("accueil@xn--clinique-vtrinaire-kwbb.fr", "accueil@xn--clinique-vtrinaire-kwbb.fr"),
        ("mail@пример.рф", "mail@xn--e1afmkfd.xn--p1ai"),
        ("rappels@vetagenda.test", "rappels@vetagenda.test"),
    ],
)
def test_an_address_is_kept_as_a_mail_server_takes_it(written: str, kept: str) -> None:
    assert ADDRESS.validate_python(written) == kept == usable(kept)


@pytest.mark.parametrize(
    "written",
    [
        "a4,victim@x.fr",
        "a5;victim@x.fr",
        "a6>,<victim@x.fr",
        "a9:b@x.fr",
        "é2@x.fr",
        "Chloé <chloe@example.org>",
        "chloe@example.org, noel@example.org",
        '"a b"@x.fr',
        "a..b@x.fr",
        "a@x",
        "a@test",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@-x.fr",
        "a@x.fr\r\nRCPT TO:<b@x.fr>",
        f"{'a' * 65}@x.fr",
        f"a@{'b' * 250}.fr",
        "",
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        ADDRESS.validate_python(written)
    assert usable(written) is None


def test_what_was_kept_before_is_read_as_it_is() -> None:
    assert ADDRESS.validate_python("a9:b@x.fr", context=AS_KEPT) == "a9:b@x.fr"


def test_the_reference_says_what_it_is() -> None:
    schema = ADDRESS.json_schema()
    assert (schema["type"], schema["format"], schema["maxLength"]) == ("string", "email", 254)
