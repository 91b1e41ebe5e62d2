"""What the sms service is told at start, beyond what every service is."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from vetagenda_kit.settings import ServiceSettings
from vetagenda_sms.senders import rules as senders


class LiveCarrier(StrEnum):
    SANDBOX = "sandbox"
    KANNEL = "kannel"
    TWILIO = "twilio"


_NEEDED = {
    "sms_kannel_url": LiveCarrier.KANNEL,
    "sms_kannel_username": LiveCarrier.KANNEL,
    "sms_kannel_password": LiveCarrier.KANNEL,
    "sms_twilio_account": LiveCarrier.TWILIO,
    "sms_twilio_token": LiveCarrier.TWILIO,
}


class Settings(ServiceSettings):
    """`carrier_timeout` bounds one submission; it must be well below `sending_is_stale_after`, after which
    a submission whose outcome nobody recorded counts as unknown. `carrier_settles_after` is how long a
    carrier may take to list a message that it got. `sms_callback_secret` is the secret part of the address at
    which the carrier tells what owners answer; without it nobody can. What they wrote is kept for
    `texts_kept_for`, unless the practice chose otherwise; whose a message was for
    `persons_kept_for`. Each practitioner adds
    `sms_pool_per_practitioner` segments to the practice's month; without it nothing is limited.

    `sms_carrier` takes the messages of live practices; here it stands before the settings that it needs,
    since they are checked in order. Carriers call `sms_callback_url`, or `public_url` where they reach that.
    `sms_sender` is whom telephones show, `sms_sender_number` the same where a name is not possible.
    `sms_twilio_settles_after` is when its list certainly has what it took over.
    """

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    carrier_timeout: timedelta = timedelta(seconds=10)
    carrier_connect_timeout: timedelta = timedelta(seconds=3)
    sending_is_stale_after: timedelta = timedelta(seconds=20)
    carrier_settles_after: timedelta = timedelta(seconds=5)
    carrier_retry_after: timedelta = timedelta(seconds=30)
    sms_callback_secret: str | None = Field(default=None, repr=False)
    texts_kept_for: timedelta = timedelta(days=30)
    persons_kept_for: timedelta = timedelta(days=3 * 365)
    sms_pool_per_practitioner: int | None = 100
    public_url: str = "http://127.0.0.1:8080"
    sms_callback_url: str | None = None
    sms_carrier: LiveCarrier = LiveCarrier.SANDBOX
    sms_sender: str | None = None
    sms_sender_number: str | None = None
    sms_kannel_url: str | None = Field(default=None, validate_default=True)
    sms_kannel_username: str | None = Field(default=None, validate_default=True)
    sms_kannel_password: SecretStr | None = Field(default=None, validate_default=True)
    sms_twilio_url: str = "https://api.twilio.com"
    sms_twilio_account: str | None = Field(default=None, validate_default=True)
    sms_twilio_token: SecretStr | None = Field(default=None, validate_default=True)
    sms_twilio_service: str | None = Field(default=None, validate_default=True)
    sms_twilio_settles_after: timedelta = timedelta(minutes=2)

    @property
    def callback_url(self) -> str:
        return (self.sms_callback_url or self.public_url).rstrip("/")

    @field_validator("sms_sender", "sms_sender_number")
    @classmethod
    def _can_be_shown(cls, sender: str | None) -> str | None:
        return senders.checked(sender) if sender else None

    @field_validator("sms_sender_number")
    @classmethod
    def _is_a_number(cls, sender: str | None) -> str | None:
        if sender and senders.kind_of(sender) is senders.SenderKind.NAME:
            raise ValueError("this takes a number or a short code, and VETAGENDA_SMS_SENDER a name")
        return sender

    @field_validator("sms_kannel_url", "sms_twilio_url", "sms_callback_url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("this is no address: it begins with http:// or https://")
        return url

    @field_validator(*_NEEDED, mode="after")
    @classmethod
    def _is_there(cls, value: Any, info: ValidationInfo) -> Any:
        chosen = info.data.get("sms_carrier")
        if not _given(value) and _NEEDED[info.field_name or ""] is chosen:
            raise ValueError(f"this is needed with VETAGENDA_SMS_CARRIER={chosen}")
        return value

    @field_validator("sms_twilio_service")
    @classmethod
    def _has_a_sender(cls, service: str | None, info: ValidationInfo) -> str | None:
        """Twilio guesses no sender, and a name alone does not pass everywhere."""
        chosen = info.data.get("sms_carrier")
        if not service and chosen is LiveCarrier.TWILIO and not info.data.get("sms_sender_number"):
            raise ValueError(
                "this, or VETAGENDA_SMS_SENDER_NUMBER, is needed with VETAGENDA_SMS_CARRIER=twilio"
            )
        return service


def _given(value: Any) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)
