"""The coordinator and the administrator keep the plan; those who publish read it."""

from django.db import migrations

from cms.core.roles import grant

MODELS = (
    "communicationplan",
    "target",
    "strategytool",
    "channelrow",
    "objective",
    "activity",
    "indicator",
    "mediaplanrow",
    "budgetline",
    "sectorresult",
)
KEEPERS = ("coordinator", "admin")
READERS = ("officer", "editor")


def give(apps, schema_editor):
    for model in MODELS:
        for group in KEEPERS:
            verbs = ("add", "change", "delete", "view")
            grant(apps, group, "plan", model, *(f"{verb}_{model}" for verb in verbs))
        for group in READERS:
            grant(apps, group, "plan", model, f"view_{model}")
    # The officer reports what was done.
    grant(apps, "officer", "plan", "indicator", "change_indicator")


class Migration(migrations.Migration):
    dependencies = [("plan", "0001_initial"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
