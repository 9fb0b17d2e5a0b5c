"""The pages of the press room: words only; what they word is in the rows they point to."""

from __future__ import annotations

from django.db import models
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    PageChooserPanel,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.fields import StreamField
from wagtail.search import index

from cms.core.blocks import body_blocks
from cms.core.models import SitePage
from cms.core.panels import FirstValuesPanel, SchedulePanel, ThingPanel
from press.forms import KitPageForm, ReleasePageForm
from press.models.kits import Kit
from press.models.releases import Release


class ReleasePage(SitePage):
    """One language of a release."""

    THING = "release"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="pages", editable=False)
    lead = models.TextField(
        _("lead"),
        max_length=900,
        help_text=_("Who, what, when, where: what a newsroom can print as it stands."),
    )
    dateline_place = models.CharField(_("place"), max_length=80, default="Bamako")
    dateline_date = models.DateField(_("date"), null=True, blank=True)
    body = StreamField(body_blocks(), blank=True, verbose_name=_("text"))
    boilerplate = models.ForeignKey(
        "press.Boilerplate",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("“About” text"),
    )
    contacts = ParentalManyToManyField(
        "press.PressContact", blank=True, related_name="+", verbose_name=_("press contacts")
    )
    topics = ParentalManyToManyField("core.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    sectors = ParentalManyToManyField("core.Sector", blank=True, related_name="+", verbose_name=_("sectors"))
    related_page = models.ForeignKey(
        "core.SitePage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("event it speaks of"),
    )

    is_creatable = True
    parent_page_types = ["press.ReleaseIndexPage"]
    subpage_types: list[str] = []
    base_form_class = ReleasePageForm
    page_description = _("A release, an invitation, a note, a speech… for the press.")

    search_fields = [
        *SitePage.search_fields,
        index.SearchField("lead", boost=2),
        index.SearchField("body"),
        index.FilterField("release_id"),
    ]
    content_panels = [
        TitleFieldPanel("title", heading=_("Title")),
        FieldPanel("lead"),
        FieldRowPanel([FieldPanel("dateline_place"), FieldPanel("dateline_date")], _("Place and date")),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("boilerplate"), FieldPanel("contacts", widget=CheckboxSelectMultiple)],
            _("At the end of the release"),
        ),
    ]
    release_panels = [
        FirstValuesPanel(
            [
                FieldPanel("kind"),
                FieldPanel("number"),
                FieldPanel("reference"),
                FieldPanel("embargo_until"),
                FieldPanel("thing_audience"),
                FieldPanel("signatory_name"),
                FieldPanel("signatory_function"),
                FieldPanel("kit"),
                FieldPanel("activity"),
                FieldPanel("audiences"),
            ],
            _("Number, embargo, signature"),
        ),
        ThingPanel(heading=_("State of the release")),
    ]
    filing_panels = [
        FieldPanel("topics", widget=CheckboxSelectMultiple),
        FieldPanel("sectors", widget=CheckboxSelectMultiple),
        PageChooserPanel("related_page"),
        SchedulePanel(),
        *SitePage.promote_panels,
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList([*release_panels, *content_panels], heading=_("Text")),
            ObjectList(filing_panels, heading=_("Topics and lists")),
        ]
    )

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")


class KitPage(SitePage):
    """One language of a press kit."""

    THING = "kit"

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="pages", editable=False)
    lead = models.TextField(_("lead"), max_length=900, blank=True)
    body = StreamField(body_blocks(), blank=True, verbose_name=_("text"))
    contacts = ParentalManyToManyField(
        "press.PressContact", blank=True, related_name="+", verbose_name=_("press contacts")
    )
    topics = ParentalManyToManyField("core.Topic", blank=True, related_name="+", verbose_name=_("topics"))

    is_creatable = True
    parent_page_types = ["press.KitIndexPage"]
    subpage_types: list[str] = []
    base_form_class = KitPageForm
    page_description = _("Documents, pictures, sound and film, one by one and as archives.")

    search_fields = [
        *SitePage.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
        index.FilterField("kit_id"),
    ]
    content_panels = [
        TitleFieldPanel("title", heading=_("Title")),
        FieldPanel("lead"),
        FieldPanel("body"),
        FieldPanel("contacts", widget=CheckboxSelectMultiple),
    ]
    kit_panels = [
        FirstValuesPanel(
            [FieldPanel("embargo_until"), FieldPanel("thing_audience"), FieldPanel("activity")],
            _("Embargo and readers"),
        ),
        ThingPanel(heading=_("State of the kit")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList([*kit_panels, *content_panels], heading=_("Text")),
            ObjectList(
                [
                    FieldPanel("topics", widget=CheckboxSelectMultiple),
                    SchedulePanel(),
                    *SitePage.promote_panels,
                ],
                heading=_("Topics and lists"),
            ),
        ]
    )

    class Meta:
        verbose_name = _("press kit page")
        verbose_name_plural = _("press kit pages")


class PressRoomPage(SitePage):
    """The press room of one language: what is new, the kits, whom to call."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=600)
    logos_kit = models.ForeignKey(
        Kit,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("kit of the logos"),
        help_text=_("Its logos are offered one by one on this page. Left empty, none are."),
    )

    is_creatable = True
    max_count_per_parent = 1
    subpage_types = ["press.ReleaseIndexPage", "press.KitIndexPage", "press.PressContactsPage"]
    content_panels = [
        *SitePage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("logos_kit"),
    ]

    class Meta:
        verbose_name = _("press room")
        verbose_name_plural = _("press rooms")


class ReleaseIndexPage(SitePage):
    """All releases, newest first."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=600)

    is_creatable = True
    max_count_per_parent = 1
    parent_page_types = ["press.PressRoomPage"]
    subpage_types = ["press.ReleasePage"]
    content_panels = [*SitePage.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("list of releases")
        verbose_name_plural = _("lists of releases")


class KitIndexPage(SitePage):
    """All press kits, newest first."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=600)

    is_creatable = True
    max_count_per_parent = 1
    parent_page_types = ["press.PressRoomPage"]
    subpage_types = ["press.KitPage"]
    content_panels = [*SitePage.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("list of press kits")
        verbose_name_plural = _("lists of press kits")


class PressContactsPage(SitePage):
    """Whom a journalist may call, and when."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=600)

    is_creatable = True
    max_count_per_parent = 1
    parent_page_types = ["press.PressRoomPage"]
    subpage_types: list[str] = []
    content_panels = [*SitePage.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("page of press contacts")
        verbose_name_plural = _("pages of press contacts")
