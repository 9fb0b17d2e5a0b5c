"""Recipients' domains are an administrator's business, as senders are."""

from django.db import migrations

from cms.core.roles import grant


def give(apps, schema_editor):
    names = ("add_recipientdomain", "change_recipientdomain", "delete_recipientdomain", "view_recipientdomain")
    grant(apps, "admin", "mailing", "recipientdomain", *names)


class Migration(migrations.Migration):
    dependencies = [("mailing", "0010_limits"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
