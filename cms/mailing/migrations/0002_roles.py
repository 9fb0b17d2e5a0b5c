"""Who may send, and who may look."""

from django.db import migrations

from cms.core.roles import grant

SENDERS = ("officer", "editor", "admin")
READERS = ("coordinator",)


def give(apps, schema_editor):
    for group in SENDERS:
        grant(apps, group, "mailing", "mailing", "add_mailing", "change_mailing", "view_mailing", "send_mailing")
        grant(apps, group, "mailing", "sender", "view_sender")
    for group in READERS:
        grant(apps, group, "mailing", "mailing", "view_mailing")
    grant(apps, "admin", "mailing", "sender", "add_sender", "change_sender", "delete_sender")


class Migration(migrations.Migration):
    dependencies = [("mailing", "0001_initial"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
