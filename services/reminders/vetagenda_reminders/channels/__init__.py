"""The ways out: SMS through the sms service, e-mail by SMTP."""
