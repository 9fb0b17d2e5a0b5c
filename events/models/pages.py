"""The words of events, and the agenda that lists them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms.core.blocks import body_blocks
from cms.core.models import SitePage, Topic
from cms.core.panels import FirstValuesPanel, ThingPanel
from events.forms import EventPageForm
from events.models.events import Event


class EventPage(SitePage):
    """An event told in one language."""

    THING = "event"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="pages", verbose_name=_("event"))
    organiser = models.CharField(
        _("who organises"),
        max_length=255,
        blank=True,
        help_text=_("Organisers and partners, as you would say it."),
    )
    body = StreamField(body_blocks(), blank=True, verbose_name=_("text"))
    topics = ParentalManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    linked_page = models.ForeignKey(
        "core.SitePage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("press kit, release or report"),
    )

    base_form_class = EventPageForm
    is_creatable = True
    parent_page_types = ["events.AgendaPage"]
    subpage_types: list[str] = []
    content_panels = [
        ThingPanel(),
        *SitePage.content_panels,
        FirstValuesPanel(
            [FieldPanel(name) for name in EventPageForm.what_fields], heading=_("What and where")
        ),
        FirstValuesPanel([FieldPanel(name) for name in EventPageForm.when_fields], heading=_("When")),
        FirstValuesPanel(
            [FieldPanel(name) for name in (*EventPageForm.rule_fields, "kept_rule")], heading=_("Repetition")
        ),
        FirstValuesPanel(
            [FieldPanel(name) for name in EventPageForm.registration_fields], heading=_("Registration")
        ),
        FieldPanel("summary"),
        FieldPanel("organiser"),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("topics"), PageChooserPanel("linked_page")], _("About it")),
    ]
    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel("slug"),
                FieldPanel("card_image"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
            ],
            _("In lists and search engines"),
        ),
    ]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("organiser"),
        index.SearchField("body"),
        index.RelatedFields("event", [index.SearchField("place_name"), index.FilterField("kind")]),
    ]

    class Meta:
        verbose_name = _("event page")
        verbose_name_plural = _("event pages")


class AgendaPage(SitePage):
    """The agenda of a language: list, month and week of the events below it."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=600)

    is_creatable = True
    max_count_per_parent = 1
    subpage_types = ["events.EventPage"]
    content_panels = [*SitePage.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("agenda")
        verbose_name_plural = _("agendas")
