"""Which roles make library items public, withdraw them, or see what is not public yet."""

from django.db import migrations

from cms.core.roles import grant

SEE = ("author", "officer", "editor", "protocol", "coordinator", "admin")
DECIDE = ("officer", "editor", "admin")


def give(apps, schema_editor):
    for group in SEE:
        grant(apps, group, "media_library", "asset", "see_unreleased_asset")
    for group in DECIDE:
        grant(apps, group, "media_library", "asset", "release_asset", "withdraw_asset")


class Migration(migrations.Migration):
    dependencies = [
        ("media_library", "0002_media_library_page"),
        ("accounts", "0002_roles"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
