"""Approval and the second person: who publishes, by whichever door, and what approving one's own text costs."""

import json
from copy import deepcopy

import pytest
from django.urls import reverse
from wagtail.models import PageLogEntry
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.accounts.models import Role
from cms.core.models import Approval
from press.models import ReleasePage
from tests.core.api.conftest import Api, token_for
from tests.factories.accounts import make_user
from tests.factories.press import make_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(laid_room):
    return deepcopy(laid_room)


def rule(**on):
    Approval.objects.update_or_create(pk=1, defaults=on)


def typed(**values):
    return nested_form_data(
        {
            "title": "Communiqué",
            "lead": "Chapô",
            "slug": "communique",
            "dateline_place": "Bamako",
            "body": streamfield([("paragraph", rich_text("<p>Texte.</p>"))]),
            "kind": "note",
            "thing_audience": "public",
            "comments": inline_formset([]),
            **values,
        }
    )


def press(client, page, **values):
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), typed(**values))


def buttons(client, page):
    html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    return [
        name for name in ("action-publish", "action-submit", "approve", "approve_own") if f'"{name}"' in html
    ]


def test_with_approval_off_an_officer_publishes_or_asks_beside_the_draft(client, room):
    officer = make_user(Role.OFFICER)
    client.force_login(officer)
    page = make_release(room, publish=False)
    assert buttons(client, page) == ["action-publish", "action-submit"]
    html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    draft, publish, submit = (html.index(word) for word in ("action-save", "action-publish", "action-submit"))
    assert draft < publish < submit
    press(client, page, **{"action-publish": "1"})
    page.refresh_from_db()
    assert page.live


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUTHOR])
def test_with_approval_on_who_writes_only_submits(client, room, role):
    rule(required=True)
    user = make_user(role)
    client.force_login(user)
    page = make_release(room, publish=False)
    ReleasePage.objects.filter(pk=page.pk).update(owner=user)
    assert buttons(client, page) == ["action-submit"]
    press(client, page, **{"action-publish": "1"})
    page.refresh_from_db()
    assert not page.live
    add = reverse("wagtailadmin_pages:add", args=["press", "releasepage", room.releases.pk])
    client.post(add, {**typed(slug="autre"), "action-publish": "1"})
    assert not ReleasePage.objects.get(slug="autre").live
    press(client, page, **{"action-submit": "1"})
    page.refresh_from_db()
    assert page.workflow_in_progress


def test_with_approval_on_neither_bulk_publishing_nor_the_api_is_a_way_round(client, room):
    rule(required=True)
    officer = make_user(Role.OFFICER)
    client.force_login(officer)
    page = make_release(room, publish=False)
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{bulk}?id={page.pk}")
    page.refresh_from_db()
    assert not page.live
    public = make_release(room, title="Public")
    patched = Api(token_for(officer, "read", "write")).patch(
        public.public_path.strip("/"), {"title": "Non relu"}
    )
    assert patched.status_code == 204
    public.refresh_from_db()
    assert (public.title, public.has_unpublished_changes) == ("Public", True)


def test_with_approval_off_the_same_doors_publish(client, room):
    """The control of the two claims above."""
    officer = make_user(Role.OFFICER)
    client.force_login(officer)
    page = make_release(room, publish=False)
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{bulk}?id={page.pk}")
    page.refresh_from_db()
    assert page.live
    Api(token_for(officer, "read", "write")).patch(page.public_path.strip("/"), {"title": "Relu"})
    page.refresh_from_db()
    assert page.title == "Relu"


def test_an_editor_approves_what_an_officer_submitted_and_it_is_published(client, room):
    rule(required=True, second_person=True)
    officer, editor = make_user(Role.OFFICER), make_user(Role.EDITOR)
    page = make_release(room, publish=False)
    page.save_revision(user=officer)
    page.get_workflow().start(page, officer)
    client.force_login(editor)
    assert buttons(client, page) == ["approve"], "nobody publishes past the approval"
    press(client, page, **{"action-workflow-action": "1", "workflow-action-name": "approve"})
    page.refresh_from_db()
    assert page.live


def test_whoever_approves_their_own_text_gives_a_reason_which_is_logged(client, room):
    rule(second_person=True)
    editor = make_user(Role.EDITOR)
    client.force_login(editor)
    page = make_release(room, publish=False)
    page.save_revision(user=editor)
    state = page.get_workflow().start(page, editor)
    assert "approve_own" in buttons(client, page)
    assert "approve" not in buttons(client, page)
    act = reverse(
        "wagtailadmin_pages:workflow_action", args=[page.pk, "approve_own", state.current_task_state.pk]
    )
    for silent in ("", "   "):
        client.post(act, {"comment": silent})
        page.refresh_from_db()
        assert not page.live
    # The same silence by the editor's form, which asks no form of the task.
    for extra in ({}, {"comment": " "}):
        response = press(
            client,
            page,
            **{
                "action-workflow-action": "1",
                "workflow-action-name": "approve_own",
                "workflow-action-extra-data": json.dumps(extra),
            },
        )
        assert response.status_code == 302
        page.refresh_from_db()
        assert not page.live
    client.post(act, {"comment": "Seule au bureau ce soir."})
    page.refresh_from_db()
    assert page.live
    entry = PageLogEntry.objects.get(page=page.pk, action="wagtail.workflow.approve")
    assert (entry.user, entry.data["comment"]) == (editor, "Seule au bureau ce soir.")


def test_without_the_second_person_one_approves_one_s_own_text_as_any_other(client, room):
    """The control."""
    editor = make_user(Role.EDITOR)
    page = make_release(room, publish=False)
    page.save_revision(user=editor)
    page.get_workflow().start(page, editor).current_task_state.approve(user=editor)
    page.refresh_from_db()
    assert page.live


def test_a_text_written_by_the_approver_and_submitted_by_another_is_still_their_own(client, room):
    rule(second_person=True)
    officer, editor = make_user(Role.OFFICER), make_user(Role.EDITOR)
    client.force_login(editor)
    page = make_release(room, publish=False)
    page.save_revision(user=editor)
    page.get_workflow().start(page, officer)
    assert "approve_own" in buttons(client, page)
    page.save_revision(user=officer)
    assert "approve_own" not in buttons(client, page)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.COORDINATOR, True), (Role.ADMIN, True), (Role.OFFICER, False), (Role.EDITOR, False)],
)
def test_the_rules_are_a_setting_of_coordinators_and_administrators(client, room, role, allowed):
    client.force_login(make_user(role))
    url = reverse("wagtailsettings:edit", args=["core", "approval"])
    response = client.get(url, follow=True)
    assert (response.status_code == 200 and "id_required" in response.content.decode()) is allowed
    client.post(response.request["PATH_INFO"] if allowed else url, {"required": "on"})
    assert Approval.rules().required is allowed


def test_asking_for_the_rules_writes_nothing(room):
    assert not Approval.rules().required
    assert not Approval.objects.exists()
