"""SMS-6: a wrong or incomplete choice of carrier is told at the start, by the name of the variable."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from vetagenda_embedded.serving import _named_settings
from vetagenda_sms.settings import LiveCarrier, Settings

KANNEL = {
    "VETAGENDA_SMS_CARRIER": "kannel",
    "VETAGENDA_SMS_KANNEL_URL": "http://127.0.0.1:13013/cgi-bin/sendsms",
    "VETAGENDA_SMS_KANNEL_USERNAME": "vet",
    "VETAGENDA_SMS_KANNEL_PASSWORD": "geheim-1",
}
TWILIO = {
    "VETAGENDA_SMS_CARRIER": "twilio",
    "VETAGENDA_SMS_TWILIO_ACCOUNT": "AC1",
    "VETAGENDA_SMS_TWILIO_TOKEN": "geheim-2",
    "VETAGENDA_SMS_SENDER_NUMBER": "+33700000000",
}


def settings(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings()


def test_the_sandbox_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """SMS-6."""
    assert settings(monkeypatch, {}).sms_carrier is LiveCarrier.SANDBOX


@pytest.mark.parametrize("environment", [KANNEL, TWILIO], ids=["kannel", "twilio"])
def test_a_complete_choice(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    """SMS-6: and its secrets are in no repr."""
    chosen = settings(monkeypatch, environment | {"VETAGENDA_SMS_CALLBACK_SECRET": "geheim-3"})
    assert chosen.sms_carrier == environment["VETAGENDA_SMS_CARRIER"]
    assert "geheim" not in repr(chosen) + str(chosen)


def without(environment: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.split("_SMS_")[1] not in names}


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"VETAGENDA_SMS_CARRIER": "pigeon"}, "VETAGENDA_SMS_CARRIER"),
        (without(KANNEL, "KANNEL_URL"), "VETAGENDA_SMS_KANNEL_URL"),
        (without(KANNEL, "KANNEL_USERNAME"), "VETAGENDA_SMS_KANNEL_USERNAME"),
        (without(KANNEL, "KANNEL_PASSWORD"), "VETAGENDA_SMS_KANNEL_PASSWORD"),
        (KANNEL | {"VETAGENDA_SMS_KANNEL_PASSWORD": ""}, "VETAGENDA_SMS_KANNEL_PASSWORD"),
        (KANNEL | {"VETAGENDA_SMS_KANNEL_URL": "127.0.0.1:13013"}, "VETAGENDA_SMS_KANNEL_URL"),
        (without(TWILIO, "TWILIO_ACCOUNT"), "VETAGENDA_SMS_TWILIO_ACCOUNT"),
        (without(TWILIO, "TWILIO_TOKEN"), "VETAGENDA_SMS_TWILIO_TOKEN"),
        (without(TWILIO, "SENDER_NUMBER"), "VETAGENDA_SMS_TWILIO_SERVICE"),
        ({"VETAGENDA_SMS_SENDER": "Clinique vétérinaire"}, "VETAGENDA_SMS_SENDER"),
        ({"VETAGENDA_SMS_SENDER_NUMBER": "Clinique"}, "VETAGENDA_SMS_SENDER_NUMBER"),
        ({"VETAGENDA_SMS_CALLBACK_URL": "vet.example"}, "VETAGENDA_SMS_CALLBACK_URL"),
    ],
)
def test_a_wrong_choice_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], named: str
) -> None:
    """SMS-6: as the platform tells it before it serves anything, and without what was written."""
    with pytest.raises(ValidationError) as refusal:
        settings(monkeypatch, environment)
    told = _named_settings(refusal.value)
    assert [each.partition(":")[0] for each in told.split("; ")] == [named]
    assert "geheim" not in told + str(refusal.value)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"public_url": "https://vet.example/"}, "https://vet.example"),
        ({"public_url": "https://vet.example", "sms_callback_url": "http://10.0.0.1"}, "http://10.0.0.1"),
    ],
)
def test_where_carriers_call(given: dict[str, Any], url: str) -> None:
    """SMS-6: the public address, unless they reach another one."""
    assert Settings(**given).callback_url == url
