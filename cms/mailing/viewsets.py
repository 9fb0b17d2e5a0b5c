"""Senders, and issues of newsletters, edited with Wagtail's own forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, LocaleColumn
from wagtail.admin.views.generic import IndexView as AdminIndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import ListingButton
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet

from cms.core import clock, formats
from cms.mailing import actions, queries
from cms.mailing.mail import placeholders
from cms.mailing.models import Issue, IssueSending, Mailing, RecipientDomain, Sender
from cms.mailing.views import issues as issue_views


class SenderIndexView(AdminIndexView):
    """The senders; beside each, whether its domain is in order."""

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        url = reverse("mailing_sender_domain", args=[instance.pk])
        button = ListingButton(_("Is the domain in order?"), url=url, icon_name="site", priority=30)
        return [*super().get_list_more_buttons(instance), button]


class SenderViewSet(ModelViewSet):
    """Who mails come from: an administrator's business."""

    model = Sender
    index_view_class = SenderIndexView
    name = "mailing_senders"
    url_prefix = "mailings/senders"
    icon = "user"
    menu_label = _("Senders")
    menu_name = "senders"
    add_to_settings_menu = True
    list_display = [
        "name",
        "address",
        "reply_to",
        BooleanColumn("is_default", label=_("Used when none is chosen")),
    ]
    inspect_view_enabled = False
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("address")]),
        FieldRowPanel([FieldPanel("reply_to"), FieldPanel("bounce_address")]),
        FieldPanel("is_default"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("connections"), FieldPanel("rate_per_minute")]),
                FieldPanel("daily_quota"),
                FieldRowPanel([FieldPanel("quiet_from"), FieldPanel("quiet_until")]),
            ],
            heading=_("How fast its server may be written to"),
        ),
    ]


# Issues ----------------------------------------------------------------------------------------------------------
def _texts(value: Any) -> Iterator[str]:
    """Every text of a stored body, whatever holds it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


class IssueForm(WagtailAdminModelForm):
    """The words of an issue, in which every placeholder is one of the list and stands among words."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("title", "preheader", "body"):
            value: Any = data.get(name)
            stored = value.get_prep_value() if hasattr(value, "get_prep_value") else value
            for sentence in dict.fromkeys(self._wrong(stored)):
                self.add_error(name, sentence)
        return data

    @staticmethod
    def _wrong(stored: Any) -> Iterator[str]:
        known = ", ".join(f"[[{name}]]" for name in placeholders.WORDS)
        for text in _texts(stored):
            for name in placeholders.unknown(text):
                yield gettext("[[%(name)s]] is no personal word. There are: %(known)s.") % {
                    "name": name[:40],
                    "known": known,
                }
            for name in placeholders.in_addresses(text):
                yield gettext("[[%(name)s]] stands in an address: a person's words lead nowhere.") % {
                    "name": name[:40]
                }


class IssueStatePanel(Panel):
    """Languages, weight, what stands in the way, the mailings of the issue, and the personal words."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "mailing/admin/issue_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            issue = self.instance
            state = issue_views.state_of(issue, now=clock.now()) if issue.pk else {}
            return {**context, "issue": issue, "words": placeholders.WORDS.items(), **state}

        @property
        def media(self) -> forms.Media:
            return forms.Media(css={"all": ["mailing/admin.css"]})


class SendIssueItem(ActionMenuItem):
    """Save the issue and go on to whom it is sent to."""

    name = "action-send"
    label = _("Save and send…")
    icon_name = "mail"
    order = 20

    def is_shown(self, context: Any) -> bool:
        return super().is_shown(context) and context["request"].user.has_perm("mailing.add_mailing")


class _ThenSend:
    """After saving: on to the mailing where that was asked for, else back to the issue."""

    request: Any
    object: Any

    def get_success_url(self) -> str:
        if "action-send" in self.request.POST and self.request.user.has_perm("mailing.add_mailing"):
            mailing = actions.prepare_issue(self.object, user=self.request.user, now=clock.now())
            return reverse("mailing_compose", args=[mailing.pk])
        return reverse("wagtailsnippets_mailing_issue:edit", args=[self.object.pk])


class CreateIssueView(_ThenSend, CreateView):
    def get_initial_form_instance(self) -> Issue:
        """A new issue begins with what became news since the last one, for its editor to choose from."""
        issue: Issue = super().get_initial_form_instance() or Issue()
        now = clock.now()
        issue.issue_date = formats.local(now).date()
        issue.number = queries.next_number(issue.series)
        if self.request.method == "GET":
            language = issue.locale.language_code if issue.locale_id else settings.LANGUAGE_CODE
            issue.body = [
                ("story", {"page": page, "text": "", "picture": place == 0})
                for place, page in enumerate(
                    queries.news_since_last(issue.series, language=language, now=now)
                )
            ]
        return issue


class EditIssueView(_ThenSend, EditView):
    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """What leaves by itself is not saved by itself: half a sentence would go to everybody."""
        super().setup(request, *args, **kwargs)
        if queries.mailings_of_issue(self.object).filter(state=Mailing.State.SCHEDULED).exists():
            self.autosave_enabled = False


class IssueIndexView(IndexView):
    results_template_name = "mailing/admin/issues_results.html"
    add_item_label = _("New issue")


def _day_of(issue: Issue) -> str:
    return formats.day(issue.issue_date, weekday=False)


class IssueViewSet(SnippetViewSet):
    """« Lettres d'information » and « TOKTEN-info »."""

    model = Issue
    icon = "doc-full"
    menu_label = _("Newsletters")
    menu_name = "issues"
    menu_order = 20
    menu_hook = "register_mailings_menu_item"
    base_url_path = "mailings/issues"
    add_view_class = CreateIssueView
    edit_view_class = EditIssueView
    index_view_class = IssueIndexView
    copy_view_enabled = False
    list_display = [
        "title",
        Column("series", label=_("Series"), accessor="label", sort_key="series"),
        Column("issue_date", label=_("Date"), accessor=_day_of, sort_key="issue_date"),
        LocaleColumn(label=_("Language")),
        DateColumn("left_at", label=_("Sent"), sort_key="left_at"),
    ]
    list_filter = ["series"]
    search_fields = ["title"]
    search_backend_name = None
    list_per_page = 25
    edit_handler = ObjectList(
        [
            IssueStatePanel(heading=_("State")),
            FieldRowPanel([FieldPanel("series"), FieldPanel("number"), FieldPanel("issue_date")]),
            FieldPanel("title"),
            FieldPanel("preheader"),
            FieldPanel("body"),
            FieldPanel("activity"),
        ],
        base_form_class=IssueForm,
    )

    def get_queryset(self, request: Any) -> Any:
        sent = IssueSending.objects.filter(
            issue__translation_key=OuterRef("translation_key"), mailing__launched_at__isnull=False
        ).order_by("mailing__launched_at")
        return Issue.objects.select_related("locale").annotate(
            left_at=Subquery(sent.values("mailing__launched_at")[:1])
        )


class RecipientDomainViewSet(ModelViewSet):
    """Domains that are not to be pressed: an administrator's rule, and those that asked for patience themselves."""

    model = RecipientDomain
    name = "mailing_domains"
    url_prefix = "mailings/domains"
    icon = "mail"
    menu_label = _("Recipients' domains")
    menu_name = "recipient-domains"
    add_to_settings_menu = True
    list_display = [
        "domain",
        Column(
            "rate_per_minute", label=_("Mails per minute"), accessor=lambda row: row.rate_per_minute or ""
        ),
        DateColumn("slowed_until", label=_("Slowed until"), accessor=lambda row: row.slowed(clock.now())),
        Column("slowed_reason", label=_("What its server said")),
    ]
    search_fields = ["domain"]
    inspect_view_enabled = False
    panels = [FieldPanel("domain"), FieldPanel("rate_per_minute")]
