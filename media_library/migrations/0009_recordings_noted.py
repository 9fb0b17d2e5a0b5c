"""Sounds and films that are there already wait to be prepared; and who arranges sounds ready for broadcast."""

from django.db import migrations

from cms.core.roles import grant


def note(apps, schema_editor):
    recording = apps.get_model("media_library", "Recording").objects
    assets = apps.get_model("media_library", "Asset").objects.filter(kind__in=("audio", "video"))
    for asset in assets.select_related("blob").iterator():
        # MP4 and M4A are kept blanked; a WAV is looked at when its file is next seen.
        plain = asset.blob.name.endswith((".mp4", ".m4a"))
        recording.get_or_create(asset=asset, defaults={"source": asset.blob.sha256, "plain": plain})


def give(apps, schema_editor):
    for group in ("author", "officer", "editor", "admin"):
        grant(apps, group, "media_library", "soundbite", "change_soundbite")


class Migration(migrations.Migration):
    dependencies = [("media_library", "0008_recordings"), ("accounts", "0002_roles")]

    operations = [
        migrations.RunPython(note, migrations.RunPython.noop),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
