"""Who says what was corrected in a press kit: those who say it of a release."""

from django.db import migrations

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("officer", "editor"):
        grant(apps, group, "press", "kit", "correct_kit")


class Migration(migrations.Migration):
    dependencies = [("press", "0018_corrections_of_a_kit")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
