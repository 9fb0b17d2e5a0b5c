"""What is made of sounds and films, what is said in them, and the sounds that go with a release or an event."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_library.models.assets import Asset, Kind
from media_library.models.blobs import Blob


class Preparation(models.TextChoices):
    """How far a sound or film is."""

    WAITING = "waiting", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be prepared")


class Failure(models.TextChoices):
    """Why a sound or film could not be prepared."""

    UNREADABLE = (
        "unreadable",
        _("The file cannot be read: it is damaged, or in a format of its own. Export it again."),
    )
    TOO_LONG = "too_long", _("It takes too long: shorten the recording (four hours at most).")
    NO_ROOM = "no_room", _("The disk is full.")
    LOST = "lost", _("The work was cut off several times.")


class Recording(models.Model):
    """How far an asset that is a sound or a film is, and what was found in it.

    `source` is the SHA-256 of the bytes that all of it tells of: other bytes, and it waits again. `claimed_until`
    is the lease of the worker that works on it. loudness in LUFS, peak in dBTP (EBU R 128), None for silence.
    `plain`: the original holds nothing but sound and picture, so that it may go out before a clean copy is there.
    """

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="recording")
    source = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=Preparation, default=Preparation.WAITING)
    failure = models.CharField(max_length=12, choices=Failure, blank=True)
    plain = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    prepared_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    has_sound = models.BooleanField(null=True, blank=True)
    loudness = models.FloatField(null=True, blank=True)
    peak = models.FloatField(null=True, blank=True)
    poster = models.ForeignKey(
        Blob, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    captions_waived = models.CharField(_("why it needs no captions"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("preparation of a recording")
        verbose_name_plural = _("preparations of recordings")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure=""),
                name="media_library_recording_fails_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(prepared_at__isnull=False),
                name="media_library_recording_is_ready_since_an_instant",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="media_recording_waits")]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.state}"


class Version(models.TextChoices):
    """The closed list of what is made of a sound or film."""

    CLEAN = "clean", _("The file")
    LIGHT = "light", _("Light, for a phone")
    WEB = "web", _("For a screen")
    BROADCAST = "broadcast", _("For broadcast")


class RecordingVersion(models.Model):
    """One version of a sound or film: its bytes, and width and height of a film's."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="recordings")
    name = models.CharField(max_length=10, choices=Version)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("version of a recording")
        verbose_name_plural = _("versions of recordings")
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "name"], name="media_library_recordingversion_is_one_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.name}"


class Speech(models.Model):
    """What is said in a sound or film, in one language: captions (WebVTT) for a film, a transcript for either."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="speeches")
    language = models.CharField(_("language"), max_length=10)
    captions = models.ForeignKey(
        Blob, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    transcript = models.TextField(_("transcript"), blank=True)

    class Meta:
        verbose_name = _("words of a recording")
        verbose_name_plural = _("words of recordings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "language"], name="media_library_speech_is_one_in_a_language"
            ),
            models.CheckConstraint(
                condition=Q(captions__isnull=False) | ~Q(transcript=""),
                name="media_library_speech_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.language}"


class SoundBite(models.Model):
    """A sound ready for broadcast that goes with a release or an event, whose uid is `thing_uid`.

    `verbatim` is what is said, `launch` the words that a presenter may read before it.
    """

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="sound_bites")
    thing_uid = models.UUIDField()
    position = models.PositiveIntegerField(default=0)
    speaker = models.CharField(_("who speaks"), max_length=160)
    function = models.CharField(_("function"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=40)
    verbatim = models.TextField(_("what is said, word for word"), max_length=3000)
    launch = models.TextField(_("suggested launch"), max_length=600, blank=True)

    class Meta:
        verbose_name = _("sound ready for broadcast")
        verbose_name_plural = _("sounds ready for broadcast")
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["thing_uid", "position"], name="media_sounds_of_a_thing")]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "thing_uid"], name="media_library_soundbite_goes_once_with_a_thing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.speaker} ({self.language})"


# Reading what is prefetched ----------------------------------------------------------------------------------------
def recording_of(asset: Any) -> Recording | None:
    """The recording of an asset, None where none was ever noted."""
    try:
        found: Recording = asset.recording
    except Recording.DoesNotExist:
        return None
    return found


def versions_of(asset: Any) -> dict[str, RecordingVersion]:
    """What was made of the bytes that the asset has now, by name."""
    recording = recording_of(asset)
    if recording is None or recording.source != asset.blob.sha256:
        return {}
    return {row.name: row for row in asset.recordings.all()}


def public_blob(asset: Any) -> Blob | None:
    """The bytes that leave for the whole of an asset: those of a sound or film without anything but sound and
    picture. None where these are not there yet, and the original may hold more."""
    if asset.kind not in (Kind.AUDIO, Kind.VIDEO):
        return asset.blob  # type: ignore[no-any-return]
    clean = versions_of(asset).get(Version.CLEAN)
    if clean is not None:
        return clean.blob
    recording = recording_of(asset)
    plain = recording is not None and recording.plain and recording.source == asset.blob.sha256
    return asset.blob if plain else None


def name_of(asset: Any, version: RecordingVersion | str) -> str:
    """The name under which a version is downloaded: "discours-64k.mp3", "film-240p.mp4"."""
    name = version if isinstance(version, str) else version.name
    stem = asset.filename.rpartition(".")[0]
    if name == Version.CLEAN:
        return str(asset.filename)
    if asset.kind == Kind.AUDIO:
        return f"{stem}-{'64k' if name == Version.LIGHT else '192k'}.mp3"
    return f"{stem}-{'240p' if name == Version.LIGHT else '480p'}.mp4"


def address_of(asset: Any, version: RecordingVersion | str) -> str:
    """The guarded address of a version."""
    from urllib.parse import quote

    name = version if isinstance(version, str) else version.name
    if name == Version.CLEAN:
        return str(asset.url)
    return f"{settings.MEDIA_URL}{asset.uid.hex}/{name}/{quote(name_of(asset, name))}"


def file_for(asset: Any, preset: str) -> tuple[Blob, str] | None:
    """The bytes and the name of a sound or film for a preset ("light", "press", "print"); None where there is
    nothing that may leave. The light one is the telephone's, where it exists."""
    light = versions_of(asset).get(Version.LIGHT) if preset == "light" else None
    if light is not None:
        return light.blob, name_of(asset, light)
    whole = public_blob(asset)
    return (whole, asset.filename) if whole is not None else None


def lacks_captions(asset: Any) -> bool:
    """Whether a film still needs captions before the public may have it (WCAG 2.2, 1.2.2): it has sound, or nobody
    knows yet; none of its languages has captions; and nobody said why it needs none."""
    if asset.kind != Kind.VIDEO:
        return False
    recording = recording_of(asset)
    if recording is not None and (recording.captions_waived or recording.has_sound is False):
        return False
    return not any(speech.captions_id for speech in asset.speeches.all())
