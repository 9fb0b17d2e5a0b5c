"""Who keeps menus, topics, sectors and what the site says of the organisation."""

from django.db import migrations

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("officer", "editor", "admin"):
        for model in ("topic", "sector"):
            grant(apps, group, "core", model, *(f"{verb}_{model}" for verb in ("add", "change", "delete", "view")))
        grant(apps, group, "pages", "menu", "add_menu", "change_menu", "delete_menu", "view_menu")
    for group in ("officer", "admin"):
        grant(apps, group, "pages", "organisation", "change_organisation")


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0001_initial"),
        ("accounts", "0002_roles"),
        ("core", "0003_french_search"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
