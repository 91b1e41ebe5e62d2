"""PLAT-2: what was written and asked at the desk stays for three years in words."""

from agenda.conftest import Clinic
from agenda.retention.test_history import clinic, clock

__all__ = ["clinic"]
CONTACT = {"name": "Chloé Noël", "phone": "06 55 44 33 22", "email": "chloe@example.org"}


async def test_words_of_messages_and_call_backs_go_after_three_years(clinic: Clinic) -> None:
    message = await clinic.make("desk/messages", subject="Ordonnance", text="Gouttes", contact=CONTACT)
    asked = await clinic.make("desk/call-backs", **CONTACT, reason="Il boite")
    waiting = await clinic.make("desk/call-backs", phone="06 55 44 33 23", reason="Facture")
    done = await clinic.http.post(f"{clinic.path}/desk/call-backs/{asked['id']}/done")
    assert done.status_code == 200
    await clock(clinic, "2034-03-01T08:00:00Z")
    kept = (await clinic.http.get(f"{clinic.path}/desk/messages/{message['id']}")).json()
    assert kept["text"] == "Gouttes"
    await clock(clinic, "2034-03-05T09:00:00Z")
    old = (await clinic.http.get(f"{clinic.path}/desk/messages/{message['id']}")).json()
    assert (old["subject"], old["text"]) == ("", "")
    assert old["contact"] == {"name": "", "phone": None, "email": None}
    over = (await clinic.http.get(f"{clinic.path}/desk/call-backs/{asked['id']}")).json()
    assert (over["reason"], over["phone"], over["email"], over["name"]) == ("", None, None, "")
    assert over["asked"][0]["reason"] == ""
    assert over["status"] == "done"
    open_one = (await clinic.http.get(f"{clinic.path}/desk/call-backs/{waiting['id']}")).json()
    assert open_one["reason"] == "Facture"
