"""What is said in sounds and films: captions, transcripts, and why a film needs none."""

from __future__ import annotations

import io
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from media_library import policies, validators
from media_library.models import Asset, Kind, Recording, Speech
from media_library.models.recordings import recording_of
from media_library.models.rows import keep
from media_library.storage import originals
from media_library.validators.captions import read_captions, transcript_of, written


class CaptionsNeeded(Exception):
    """Captions that a public film needs cannot go. The message is for the officer."""


@transaction.atomic
def say(
    asset: Asset, *, language: str, captions: bytes | None = None, transcript: str = "", now: datetime
) -> Speech:
    """Give a recording its words in one language: captions (bytes of a WebVTT or SubRip file), a transcript, or
    both. What is not given stays as it was; a film's captions are its transcript where nobody wrote one.

    Raises ValidationError for captions that cannot be read, or that a sound cannot show, and where nothing is given.
    """
    row = _locked(asset)
    found = Speech.objects.filter(asset=asset, language=language).first() or Speech(
        asset=asset, language=language
    )
    if captions is not None:
        if asset.kind != Kind.VIDEO:
            raise ValidationError(_("Captions belong to a film. Give a sound a transcript."))
        cues = read_captions(captions, seconds=row.seconds)
        facts = validators.Facts("document", "text/vtt; charset=utf-8", ".vtt")
        nobody_wrote_one = found.transcript in ("", _transcript_of_captions(found))
        found.captions = keep(io.BytesIO(written(cues)), facts)
        found.transcript = transcript_of(cues) if nobody_wrote_one else found.transcript
    found.transcript = transcript.strip() or found.transcript
    if found.captions_id is None and not found.transcript:
        raise ValidationError(_("Give a file of captions, or write what is said."))
    found.save()
    return found


def _transcript_of_captions(speech: Speech) -> str:
    """What the captions that a recording has so far say; "" where it has none, or they cannot be read any more."""
    if speech.captions is None:
        return ""
    try:
        with originals().open(speech.captions.name) as kept:
            return transcript_of(read_captions(kept.read()))
    except (OSError, ValidationError):
        return ""


@transaction.atomic
def unsay(asset: Asset, *, language: str, now: datetime) -> None:
    """Take a recording's words in one language away. Raises CaptionsNeeded for the last captions of a public film."""
    row = _locked(asset)
    speeches = Speech.objects.filter(asset=asset)
    last = not speeches.exclude(language=language).filter(captions__isnull=False).exists()
    loses = speeches.filter(language=language, captions__isnull=False).exists()
    excused = row.captions_waived or row.has_sound is False
    if loses and last and not excused and policies.is_public(asset, now=now):
        raise CaptionsNeeded(
            _("This film is public: it cannot be left without captions. Replace them instead.")
        )
    speeches.filter(language=language).delete()


@transaction.atomic
def waive_captions(asset: Asset, *, reason: str, now: datetime) -> None:
    """Note why a film needs no captions; an empty reason takes that back.

    Raises CaptionsNeeded where a public film would be left without either.
    """
    row = _locked(asset)
    has = Speech.objects.filter(asset=asset, captions__isnull=False).exists()
    if not reason.strip() and not has and row.has_sound is not False and policies.is_public(asset, now=now):
        raise CaptionsNeeded(_("This film is public: give it captions first."))
    row.captions_waived = reason.strip()[:200]
    row.save(update_fields=["captions_waived"])


def _locked(asset: Asset) -> Recording:
    """The recording's row, held: two who write words of one film wait for each other."""
    assert recording_of(asset) is not None, "sounds and films have a recording from their first save"
    return Recording.objects.select_for_update(no_key=True).get(asset=asset)
