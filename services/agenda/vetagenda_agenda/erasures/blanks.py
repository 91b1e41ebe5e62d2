"""What of a record is the person's, and what is left in its place."""

from typing import Any

OWNER: dict[str, Any] = {
    "given_name": "",
    "family_name": "",
    "phone": None,
    "phone_e164": None,
    "email": None,
    "address": None,
    "locale": None,
    "birth_date": None,
    "remark": "",
    "consents": {},
}
ANIMAL: dict[str, Any] = {"name": "", "breed": None, "born_on": None}
APPOINTMENT: dict[str, Any] = {
    "owner_id": None,
    "owner_name": None,
    "animal_ids": [],
    "title": "",
    "description": "",
    "notes": "",
    "phone": None,
    "override_reason": None,
    "cancel_reason": None,
}
DOCUMENT: dict[str, Any] = {"name": "", "sha256": ""}
BY_KIND = {"owner": OWNER, "animal": ANIMAL, "appointment": APPOINTMENT, "document": DOCUMENT}
"""By the kind of a history entry."""
_FACTS = {"owner_id", "animal_ids", "consents", "locale"}
WORDS_BY_KIND = {
    kind: {name: blank for name, blank in values.items() if name not in _FACTS}
    for kind, values in BY_KIND.items()
} | {"absence": {"reason": ""}}
"""What goes when it is merely old: whose it was, and to what they agreed, stays."""
