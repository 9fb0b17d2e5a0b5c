"""The approval of texts, as Wagtail's own workflow with one task in the team's words."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowPage, WorkflowTask

WORKFLOW = "Validation des textes"
TASK = "Validation par la rédaction"


@transaction.atomic
def ensure_workflow(*, page: Page, group: str = "editor") -> Any:
    """Set the approval up from `page` down: officers submit, `group` approves. Repeat at will.

    Returns the workflow. The names are French because they are the organisation's own data, which it may rename.
    """
    editors = Group.objects.get(name=group)
    task = GroupApprovalTask.objects.filter(name=TASK).first()
    if task is None:
        task = GroupApprovalTask.objects.create(name=TASK, active=True)
    if not task.groups.filter(pk=editors.pk).exists():
        task.groups.add(editors)
    workflow = Workflow.objects.filter(name=WORKFLOW).first()
    if workflow is None:
        workflow = Workflow.objects.create(name=WORKFLOW, active=True)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.update_or_create(page=page, defaults={"workflow": workflow})
    return workflow
