"""Who may do what in the press room."""

from django.db import migrations

from cms.core.roles import grant

RELEASE = {
    "author": ("view_release", "change_release"),
    "officer": (
        "view_release",
        "add_release",
        "change_release",
        "lift_embargo",
        "withdraw_release",
        "correct_release",
        "number_release",
        "send_release",
    ),
    "editor": ("view_release", "change_release", "lift_embargo", "withdraw_release", "correct_release"),
    "coordinator": ("view_release",),
}
KIT = {
    "author": ("view_kit", "change_kit", "fill_kit"),
    "officer": ("view_kit", "add_kit", "change_kit", "fill_kit", "withdraw_kit"),
    "editor": ("view_kit", "change_kit", "fill_kit", "withdraw_kit"),
    "coordinator": ("view_kit",),
}
SNIPPETS = ("boilerplate", "presscontact")


def give(apps, schema_editor):
    for group, codenames in RELEASE.items():
        grant(apps, group, "press", "release", *codenames)
    for group, codenames in KIT.items():
        grant(apps, group, "press", "kit", *codenames)
    for group in ("officer", "editor"):
        for model in SNIPPETS:
            grant(apps, group, "press", model, f"add_{model}", f"change_{model}", f"delete_{model}", f"view_{model}")


class Migration(migrations.Migration):
    dependencies = [("press", "0001_initial"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
