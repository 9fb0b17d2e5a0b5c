"""Who may change an event's dates and seats, and keep its registrations."""

from django.db import migrations

from cms.core.roles import grant

KEEP = ("manage_registrations", "view_event")


def give(apps, schema_editor):
    for group in ("officer", "editor", "admin"):
        grant(apps, group, "events", "event", "change_state", *KEEP)
        grant(apps, group, "events", "registration", "view_registration")
    grant(apps, "protocol", "events", "event", "change_state", *KEEP)
    grant(apps, "protocol", "events", "registration", "view_registration")
    grant(apps, "coordinator", "events", "event", "view_event")
    grant(apps, "coordinator", "events", "registration", "view_registration")


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0001_initial"),
        ("accounts", "0002_roles"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
