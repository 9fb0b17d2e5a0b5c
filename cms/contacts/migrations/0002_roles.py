"""Who keeps contacts, who only reads them, who takes them away in a file."""

from django.db import migrations

from cms.core.roles import grant

MODELS = ("contact", "organisation", "mediaprofile", "audience", "suppression", "accreditation", "consent")
KEEPERS = ("officer", "editor", "admin")


def give(apps, schema_editor):
    for group in KEEPERS:
        for model in MODELS:
            verbs = ("add", "change", "delete", "view")
            grant(apps, group, "contacts", model, *(f"{verb}_{model}" for verb in verbs))
        grant(apps, group, "contacts", "contact", "export_contact", "telephone_contact")
        grant(apps, group, "contacts", "accreditation", "decide_accreditation")
    for model in ("contact", "organisation"):
        grant(apps, "protocol", "contacts", model, f"add_{model}", f"change_{model}", f"view_{model}")
    grant(apps, "protocol", "contacts", "contact", "telephone_contact")
    grant(apps, "protocol", "contacts", "audience", "view_audience")
    for model in MODELS:
        grant(apps, "coordinator", "contacts", model, f"view_{model}")
    grant(apps, "author", "contacts", "audience", "view_audience")


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
