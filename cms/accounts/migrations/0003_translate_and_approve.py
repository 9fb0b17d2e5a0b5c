"""Who writes translates; editors publish where texts need approval; coordinators set the rules of approval."""

from django.db import migrations

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("author", "officer", "editor", "admin"):
        grant(apps, group, "simple_translation", "simpletranslation", "submit_translation")
    for group in ("editor", "admin"):
        grant(apps, group, "core", "approval", "approve_texts")
    for group in ("coordinator", "admin"):
        grant(apps, group, "core", "approval", "change_approval")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles"),
        ("core", "0004_approval"),
        ("simple_translation", "0001_initial"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
