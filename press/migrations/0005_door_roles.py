"""Who opens embargoed texts to journalists, and sees what they read."""

from django.db import migrations

from cms.core.roles import grant

KEEPERS = ("officer", "editor", "admin")


def give(apps, schema_editor):
    for group in KEEPERS:
        grant(apps, group, "press", "earlycopy", "view_earlycopy", "give_early_copy")
        grant(apps, group, "press", "doorvisit", "view_doorvisit")
        grant(apps, group, "press", "embargoagreement", "add_embargoagreement", "change_embargoagreement", "view_embargoagreement")
    grant(apps, "coordinator", "press", "earlycopy", "view_earlycopy")
    grant(apps, "coordinator", "press", "doorvisit", "view_doorvisit")


class Migration(migrations.Migration):
    dependencies = [("press", "0004_doors")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
