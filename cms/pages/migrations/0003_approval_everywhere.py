"""The approval of texts, which the press room had alone, applies to the whole site; one's own text can say why."""

from django.db import migrations

WORKFLOW = "Validation des textes"
TASK = "Validation par la rédaction"


def widen(apps, schema_editor):
    root = apps.get_model("pages", "SiteRoot").objects.first()
    if root is None:
        return  # a new site: laying it sets the approval up
    content_types = apps.get_model("contenttypes", "ContentType").objects
    ours, _ = content_types.get_or_create(app_label="core", model="approvaltask")
    for old in apps.get_model("wagtailcore", "GroupApprovalTask").objects.filter(name=TASK):
        # The same task under the type that asks for a reason: what points to it stays.
        groups = list(old.groups.all())
        task = apps.get_model("wagtailcore", "Task").objects.get(pk=old.task_ptr_id)
        old.groups.clear()
        old.delete(keep_parents=True)
        new = apps.get_model("core", "ApprovalTask")(task_ptr_id=task.pk)
        new.__dict__.update(name=task.name, active=task.active, content_type_id=ours.pk)
        new.save()
        new.groups.set(groups)
    workflow = apps.get_model("wagtailcore", "Workflow").objects.filter(name=WORKFLOW).first()
    if workflow is not None:
        apps.get_model("wagtailcore", "WorkflowPage").objects.get_or_create(
            page_id=root.pk, defaults={"workflow": workflow}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0002_roles"),
        ("core", "0004_approval"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [migrations.RunPython(widen, migrations.RunPython.noop)]
