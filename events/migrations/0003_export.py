"""Taking the registrations away in a file is a permission of its own; who only reads them is not given it."""

from django.db import migrations

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("officer", "editor", "protocol", "admin"):
        grant(apps, group, "events", "registration", "export_registration")


class Migration(migrations.Migration):
    dependencies = [("events", "0002_roles")]

    operations = [
        migrations.AlterModelOptions(
            name="registration",
            options={
                "ordering": ["created_at", "pk"],
                "permissions": [
                    ("export_registration", "Can take the list of registrations away in a file")
                ],
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
            },
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
