"""Who keeps what the media said, and what was ordered of them."""

from django.db import migrations

from cms.core.roles import grant

KEPT = ("coverage", "diffusion")


def give(apps, schema_editor):
    for group in ("officer", "editor", "admin"):
        for model in KEPT:
            grant(apps, group, "press", model, f"add_{model}", f"change_{model}", f"delete_{model}", f"view_{model}")
        grant(apps, group, "press", "coverage", "import_coverage")
        grant(apps, group, "press", "socialpost", "view_socialpost", "log_socialpost")
    for model in (*KEPT, "socialpost"):
        grant(apps, "coordinator", "press", model, f"view_{model}")
    for model in KEPT:
        grant(apps, "author", "press", model, f"view_{model}")


class Migration(migrations.Migration):
    dependencies = [("press", "0010_coverage")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
