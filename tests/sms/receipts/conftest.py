from sms.carriers.conftest import desk, number, reached, stand_in, twilio

__all__ = ["desk", "number", "reached", "stand_in", "twilio"]
