"""What a preview reads of the practice's records."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.tables import Product, Template
from vetagenda_reminders.templates.commands import stored
from vetagenda_reminders.templates.previews.schemas import PreviewRequest
from vetagenda_reminders.templates.schemas import Texts


async def words(session: ReadSession, wanted: PreviewRequest) -> Texts:
    """In our own forms. Raises InvalidRequest and NotFound."""
    if wanted.texts:
        return Texts.model_validate(stored(wanted.texts))
    template = select(col(Template.texts)).where(col(Template.id) == wanted.template_id)
    found = await session.scalar(template)
    if found is None:
        raise NotFound("/template_id: there is no such template")
    return Texts.model_validate(found)


async def product_name(session: ReadSession, product_id: UUID) -> str:
    """Raises NotFound."""
    name = await session.scalar(select(col(Product.name)).where(col(Product.id) == product_id))
    if name is None:
        raise NotFound("/product_id: there is no such product or act")
    return name
