"""Which carrier has which message.

New messages of live practices go to the one that the platform chose; those of test practices never leave
the sandbox. What is on its way stays with the carrier whose name it has, also when the choice changes, for as
long as that carrier's own settings are kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vetagenda_kit.service import Service
from vetagenda_sms.carriers.kannel import Kannel
from vetagenda_sms.carriers.line import Line
from vetagenda_sms.carriers.port import Carrier
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.carriers.twilio import Twilio
from vetagenda_sms.settings import LiveCarrier, Settings
from vetagenda_sms_text import CarrierProfile

_PROFILES = {LiveCarrier(each.name): each.profile for each in (Sandbox, Kannel, Twilio)}
Outside = Callable[[Service], Mapping[str, Carrier]]


@dataclass(frozen=True)
class Carriers:
    """`outside` are those that can be reached, by name; `live` is the name of the chosen one."""

    sandbox: Carrier
    outside: Mapping[str, Carrier]
    live: str = Sandbox.name

    def of_new(self, *, virtual: bool) -> Carrier:
        return self.sandbox if virtual else self.outside.get(self.live, self.sandbox)

    def named(self, name: str | None) -> Carrier | None:
        if name == self.sandbox.name:
            return self.sandbox
        return self.outside.get(name or "")

    def that_look_up(self) -> list[Carrier]:
        return [each for each in (self.sandbox, *self.outside.values()) if each.looks_up]


def profile_of(settings: Settings, *, virtual: bool) -> CarrierProfile:
    """How the carrier counts that a practice's new messages go to."""
    return Sandbox.profile if virtual else _PROFILES[settings.sms_carrier]


def connected(service: Service) -> dict[str, Carrier]:
    """Every carrier whose settings are complete, chosen or not."""
    settings: Settings = service.settings
    found = [_kannel(service, settings), _twilio(service, settings)]
    return {carrier.name: carrier for carrier in found if carrier is not None}


def _kannel(service: Service, settings: Settings) -> Carrier | None:
    url, username, password = (
        settings.sms_kannel_url,
        settings.sms_kannel_username,
        settings.sms_kannel_password,
    )
    if not (url and username and password):
        return None
    line = _line(service, Kannel.name)
    return Kannel(line, url, username, password, settings.callback_url, service.ring)


def _twilio(service: Service, settings: Settings) -> Carrier | None:
    account, token = settings.sms_twilio_account, settings.sms_twilio_token
    if not (account and token):
        return None
    return Twilio(
        _line(service, Twilio.name),
        settings.sms_twilio_url,
        account,
        token,
        settings.callback_url,
        service.ring,
        settles_after=settings.sms_twilio_settles_after,
        service=settings.sms_twilio_service,
    )


def _line(service: Service, carrier: str) -> Line:
    settings: Settings = service.settings
    return Line(carrier, settings.carrier_connect_timeout, settings.carrier_timeout, service.outward)
