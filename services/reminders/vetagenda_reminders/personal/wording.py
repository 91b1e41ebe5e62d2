"""A person's own words for an owner, with what the agenda says when they leave."""

from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts
from vetagenda_reminders.ledger.rules import Facts
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates.messages import Message, Texts, personal_message


def personal_facts(row: Reminder, known: Known) -> Facts:
    zone = known.practice.zone
    if row.appointment_id:
        appointment = known.appointments.get(row.appointment_id)
        return Facts(
            zone, appointment and _of(appointment, row), owner=appointment.owner if appointment else None
        )
    owner = known.owners.get(row.owner_id) if row.owner_id else None
    return Facts(zone, owner=owner, named=tuple(known.animals.get(one) for one in row.animal_ids))


def _of(appointment: AppointmentFacts, row: Reminder) -> AppointmentFacts:
    """Of several animals in a visit those that the reminder names."""
    named = tuple(animal for animal in appointment.animals if animal.id in row.animal_ids)
    return appointment.model_copy(update={"animals": named})


def personal_text(row: Reminder, facts: Facts, practice: PracticeFacts) -> Message:
    """Nothing where the words were forgotten with their owner."""
    if not row.own_body or facts.owner is None:
        return Message(None, "")
    animals = tuple(
        animal
        for animal in (facts.appointment.animals if facts.appointment else facts.named)
        if animal and not animal.deceased_on and (facts.appointment or animal.owner_id == facts.owner.id)
    )
    texts = Texts(row.own_body, row.own_subject)
    return personal_message(row.channel, texts, practice, facts.owner, animals, facts.appointment)
