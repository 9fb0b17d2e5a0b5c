"""Who composes issues of newsletters. Sending one is the right to send any mailing."""

from django.db import migrations

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("officer", "editor", "admin"):
        grant(apps, group, "mailing", "issue", "add_issue", "change_issue", "delete_issue", "view_issue")
    grant(apps, "author", "mailing", "issue", "add_issue", "change_issue", "view_issue")
    grant(apps, "coordinator", "mailing", "issue", "view_issue")


class Migration(migrations.Migration):
    dependencies = [("mailing", "0005_issues"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
