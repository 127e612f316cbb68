"""Photos of a home: before, after, and of the paper on which an owner agreed.

A photo is made anew from its pixels before it is stored, so that nothing of what a telephone writes into it (place,
time, camera) and nothing that is hidden in the file remains. It is stored sealed.
"""

from __future__ import annotations

import io
from datetime import datetime
from uuid import UUID

from PIL import Image, ImageOps
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Capability
from services.database.tables import new_id
from services.home_adaptation.errors import AdaptationStepNotPossible, AdaptationUnknown, PhotoWrong, TooManyPhotos
from services.home_adaptation.reading import photo_view
from services.home_adaptation.states import AdaptationState, EventKind, PhotoStage
from services.home_adaptation.steps import held_case, must_be, note, seen_case
from services.home_adaptation.tables import IMAGE, AdaptationRow, PhotoRow
from services.home_adaptation.views import Photo
from services.sealing import vault_of

FORMATS = ("JPEG", "PNG", "WEBP")
# What a telephone makes; more is no photo.
MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 60_000_000
# Wide enough to see a grab bar; a few hundred thousand bytes.
LONGEST_SIDE = 1600
MOST_STORED_BYTES = 2 * 1024 * 1024
QUALITIES = (82, 65, 45)
MOST_A_STAGE = 6

# Who adds which photo, and while the case is in which states.
WHEN: dict[PhotoStage, tuple[AdaptationState, ...]] = {
    PhotoStage.BEFORE: (
        AdaptationState.APPLIED,
        AdaptationState.ASSESSED,
        AdaptationState.QUOTED,
        AdaptationState.AGREED,
        AdaptationState.APPROVED,
    ),
    PhotoStage.CONSENT: (AdaptationState.APPLIED, AdaptationState.ASSESSED, AdaptationState.QUOTED),
    PhotoStage.AFTER: (AdaptationState.BUILDING,),
}


def add_photo(
    session: Session, actor: Actor, *, adaptation_id: UUID, stage: PhotoStage, content: bytes, now: datetime
) -> Photo:
    """Add a photo. The firm adds those of the work, a worker those of the home before it and of the owner's paper.

    Raises AdaptationUnknown, NotAllowed, PhotoWrong, TooManyPhotos, AdaptationStepNotPossible (also for a stage that
    is not this actor's, or over).
    """
    capability = Capability.ADAPT_HOMES if actor.kind is ActorKind.PROVIDER else Capability.DECIDE_CASES
    row = held_case(session, actor, adaptation_id, capability)
    must_be(row, *WHEN[stage])
    if actor.kind is ActorKind.PROVIDER and stage is PhotoStage.CONSENT:
        raise AdaptationStepNotPossible(state=row.state)
    if _count(session, row, stage) >= MOST_A_STAGE:
        raise TooManyPhotos(most=MOST_A_STAGE)
    photo = PhotoRow(
        id=new_id(),
        city=row.city,
        adaptation_id=row.id,
        stage=stage,
        image_sealed=vault_of(session).seal_bytes(made_anew(content), context=IMAGE),
        added_at=now,
        added_by=actor.id,
    )
    session.add(photo)
    note(session, actor, row, EventKind.PHOTO_ADDED, now=now, stage=stage.value)
    return photo_view(photo)


def read_photo(session: Session, actor: Actor, *, adaptation_id: UUID, photo_id: UUID) -> bytes:
    """A photo as JPEG, for whoever may see the case. Raises AdaptationUnknown, NotAllowed."""
    row = seen_case(session, actor, adaptation_id, seeing(actor))
    photo = session.get(PhotoRow, photo_id)
    if photo is None or photo.adaptation_id != row.id:
        raise AdaptationUnknown()
    return vault_of(session).open_bytes(photo.image_sealed, context=IMAGE)


def seeing(actor: Actor) -> Capability:
    """What somebody who looks at a case needs: a firm the right to build, the others that to see services."""
    return Capability.ADAPT_HOMES if actor.kind is ActorKind.PROVIDER else Capability.SEE_BENEFITS


def made_anew(content: bytes) -> bytes:
    """The same picture as a JPEG without anything else in it, upright, at most so large. Raises PhotoWrong."""
    if not content or len(content) > MOST_BYTES:
        raise PhotoWrong()
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PhotoWrong()
            upright = ImageOps.exif_transpose(image).convert("RGB")
    # Pillow's own words for what is no picture, is cut off, or would fill the memory.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoWrong() from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # Pixels alone: whatever the file carried beside them stays behind.
    clean = Image.frombytes("RGB", upright.size, upright.tobytes())
    for quality in QUALITIES:
        written = io.BytesIO()
        clean.save(written, "JPEG", quality=quality)
        if written.tell() <= MOST_STORED_BYTES:
            return written.getvalue()
    raise PhotoWrong()


def _count(session: Session, row: AdaptationRow, stage: PhotoStage) -> int:
    asked = select(func.count()).where(PhotoRow.adaptation_id == row.id, PhotoRow.stage == stage)
    return session.scalar(asked) or 0
