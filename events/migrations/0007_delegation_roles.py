"""Who sees delegations, and who reads the passports of their people."""

from django.db import migrations

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("officer", "editor", "protocol", "coordinator", "admin"):
        grant(apps, group, "events", "delegation", "view_delegation")
    for group in ("protocol", "admin"):
        grant(apps, group, "events", "passport", "view_passport")


class Migration(migrations.Migration):
    dependencies = [("events", "0006_delegations")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
