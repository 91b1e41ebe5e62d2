"""The route of previews."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.clock import system_now
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service
from vetagenda_reminders.facts import AnimalFacts, AppointmentFacts, OwnerFacts
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.peers import agenda, sms
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.templates.lengths import warning_of
from vetagenda_reminders.templates.previews import queries, sample
from vetagenda_reminders.templates.previews.rules import (
    Subject,
    about_appointment,
    about_product,
    in_language,
    previews,
)
from vetagenda_reminders.templates.previews.schemas import (
    ChannelPreview,
    PreviewRequest,
    PreviewView,
    SmsCountView,
)
from vetagenda_reminders.templates.schemas import warnings_of

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/templates/preview")

Writer = Annotated[Caller, Depends(requires("reminders:write"))]


@public.post("", responses=problems(InvalidRequest, NotFound))
async def preview_template(
    practice_id: UUID, wanted: PreviewRequest, _caller: Writer, request: Request
) -> PreviewView:
    """What each channel would say if it left now, with the practice's own data or the sample; sends nothing.

    `{link}` is shown by an address as long as a real one, which opens nothing."""
    service: Service = request.app.state.service
    known = await _ask(service, practice_id, wanted)
    async with service.db.reading([practice_id]) as session:
        texts = await queries.words(session, wanted)
        product_id = wanted.product_id
        product = await queries.product_name(session, product_id) if product_id else wanted.product
    subject = _of_product(product, wanted, known) if product else _of_visit(service, wanted, known)
    written = previews(texts.model_dump(exclude_none=True), subject)
    channels = [await _counted(service, practice_id, each) for each in written]
    return PreviewView(channels=channels, warnings=warnings_of(texts))


async def _ask(service: Service, practice_id: UUID, wanted: PreviewRequest) -> Known:
    """Asked while no session is open."""
    if wanted.animal_id:
        return await agenda.about_animals(service, practice_id, [wanted.animal_id])
    ids = [wanted.appointment_id] if wanted.appointment_id else []
    return await agenda.about_appointments(service, practice_id, ids)


def _of_visit(service: Service, wanted: PreviewRequest, known: Known) -> Subject:
    visit = _visit(wanted, known)
    visit = visit.model_copy(update={"owner": in_language(visit.owner, wanted.language)})
    practice = known.practice.model_copy(update={"locale": wanted.language or known.practice.locale})
    return about_appointment(wanted.purpose, visit, practice, sample.link(service.settings.public_url))


def _visit(wanted: PreviewRequest, known: Known) -> AppointmentFacts:
    if wanted.appointment_id is None:
        return sample.appointment(_today(known), known.practice)
    visit = known.appointments.get(wanted.appointment_id)
    if visit is None:
        raise NotFound("/appointment_id: there is no such appointment")
    return visit


def _of_product(product: str, wanted: PreviewRequest, known: Known) -> Subject:
    animal, owner = _animal(wanted, known)
    owner = in_language(owner, wanted.language) or owner
    return about_product(product, _today(known), animal, owner, known.practice)


def _animal(wanted: PreviewRequest, known: Known) -> tuple[AnimalFacts, OwnerFacts]:
    if wanted.animal_id is None:
        return sample.ANIMAL, sample.OWNER
    animal, owner = known.animals.get(wanted.animal_id), known.owner_of(wanted.animal_id)
    if animal is None or owner is None:
        raise NotFound("/animal_id: there is no such animal")
    return animal, owner


def _today(known: Known) -> date:
    return local_day(known.practice.now or system_now(), known.practice.zone)


async def _counted(service: Service, practice_id: UUID, preview: ChannelPreview) -> ChannelPreview:
    """An SMS with its segments; what is not sent has none."""
    if preview.channel is not Channel.SMS or not preview.body:
        return preview
    counted = await sms.count(service, practice_id, preview.body)
    count = SmsCountView.model_validate(counted)
    return preview.model_copy(update={"sms": count, "warning": warning_of(count.segments)})
