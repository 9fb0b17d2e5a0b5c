"""The base of all our pages."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from cms.core import clock, registry
from cms.core.models.approval import PagePermissions
from cms.core.models.things import Audience, Thing
from cms.core.reader import reader_for

# Columns that no revision carries: they belong to the row, and to the thing it words.
ROW_COLUMNS = (
    "uid",
    "thing_uid",
    "version",
    "public_from",
    "public_until",
    "withdrawn_at",
    "audience",
)


class NotReady(ValidationError):
    """A page may not be published as it is: `messages` are sentences for the officer, `page_pk` is its key."""

    def __init__(self, sentences: list[str], page_pk: int | None = None) -> None:
        super().__init__(sentences)
        self.page_pk = page_pk


#: What widgets and blocks raise of a post that is not the editor's own.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError)


class OddPostMixin:
    """A form that says which field came in a shape the editor does not send, in place of failing as an error of ours.

    Such a field keeps what it held, and nothing is saved.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._unread: set[str] = set()
        super().__init__(*args, **kwargs)

    def _widget_data_value(self: Any, widget: Any, html_name: str) -> Any:
        try:
            return super()._widget_data_value(widget, html_name)  # type: ignore[misc]
        except UNREADABLE:
            name = html_name.removeprefix(f"{self.prefix}-") if self.prefix else html_name
            self._unread.add(name)
            return self.get_initial_for_field(self.fields[name], name)

    def _post_clean(self: Any) -> None:
        super()._post_clean()  # type: ignore[misc]
        for name in self._unread:
            self.add_error(name, _("This came incomplete. Nothing was saved; here is what was kept before."))


class SitePageForm(OddPostMixin, WagtailAdminPageForm):
    """A page's form, which says before it publishes what hinders it: what was typed stays on the screen."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.data.get("action-publish") and not self.errors:
            try:
                self.instance.refuse_unready(now=clock.now())
            except NotReady as error:
                self.add_error(None, error)


class SitePage(Page):
    """One language of something published.

    `public_from`, `public_until`, `withdrawn_at` and `audience` decide with `live` who may see the page and
    when: `cms.core.policies.visible` is the one reader of these columns. A page that words a thing names the
    foreign key in `THING`; on saving it takes the thing's dates, so that no draft, revision, alias or
    translation can move an embargo. `version` rises with each change (the state half of its ETag).
    """

    THING: ClassVar[str | None] = None

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thing_uid = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    public_from = models.DateTimeField(null=True, blank=True, editable=False)
    public_until = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.PUBLIC, editable=False)
    summary = models.TextField(
        _("summary"),
        blank=True,
        max_length=600,
        help_text=_("Two or three lines, for lists, feeds and shared links."),
    )
    card_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("picture for lists"),
    )

    is_creatable = False
    base_form_class = SitePageForm
    private_page_options: list[str] = []
    exclude_fields_in_copy = ["uid", "public_from", "version"]

    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.FilterField("uid"),
        index.FilterField("thing_uid"),
        index.FilterField("public_from"),
        index.FilterField("public_until"),
        index.FilterField("withdrawn_at"),
        index.FilterField("audience"),
    ]
    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel("slug"),
                FieldPanel("summary"),
                FieldPanel("card_image"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
            ],
            _("In lists and search engines"),
        ),
    ]
    settings_panels: list[Any] = []

    class Meta:
        indexes = [
            models.Index(fields=["-public_from"], name="core_sitepage_newest_first"),
        ]

    # The thing ---------------------------------------------------------------------------------------------
    @property
    def thing(self) -> Thing | None:
        """The row this page words, or None."""
        return getattr(self, self.THING) if self.THING else None

    def hold_thing(self) -> None:
        """Take the thing as it is now, its row locked until the transaction ends.

        Before any row of the page, as every action on the thing does: else a page's edit, publication or deletion
        and a thing's change wait for each other for ever. A NO KEY lock: rows that point at the thing need not wait.
        """
        if not self.THING or (pk := getattr(self, f"{self.THING}_id")) is None:
            return
        model: Any = self._meta.get_field(self.THING).related_model
        row = model._default_manager.select_for_update(no_key=True).filter(pk=pk).first()
        if row is not None:
            setattr(self, self.THING, row)

    def take_schedule(self) -> None:
        """Copy the thing's dates and audience onto this row; a plain page is public from its publication."""
        published_at = self.first_published_at or (clock.now() if self.live else None)
        thing = self.thing
        if thing is None:
            if self.live and self.public_from is None:
                self.public_from = published_at
            return
        self.thing_uid = thing.uid
        self.audience = thing.audience
        self.public_until = thing.expires_at
        self.withdrawn_at = thing.withdrawn_at
        starts = [at for at in (thing.embargo_until, published_at) if at is not None]
        self.public_from = max(starts, default=None)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the page with its thing's dates; a full save raises the version."""
        self.hold_thing()
        if self._state.adding and self.alias_of_id:
            self.uid = uuid.uuid4()  # Wagtail copies every column of the page an alias stands for
        if kwargs.get("update_fields") is None:
            self.take_schedule()
            if self.pk and not self._state.adding:
                self.version += 1
        super().save(*args, **kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Keep a revision; the version rises, so that a client's older If-Match is refused."""
        revision = super().save_revision(*args, **kwargs)
        SitePage._base_manager.filter(pk=self.pk).update(version=F("version") + 1)
        self.version += 1
        return revision

    def refuse_unready(self, *, now: datetime) -> None:
        """Raise NotReady where a rule of the apps keeps these words from being published at `now`."""
        sentences = [sentence for rule in registry.publication_rules for sentence in rule(self, now)]
        if sentences:
            raise NotReady(sentences, self.pk)

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> Any:
        """Publish a revision, at once or at its hour. Raises NotReady: the one gate of approval, API and scheduler.

        The editor's own button asks in its form.
        """
        revision.as_object().refuse_unready(now=clock.now())
        return super().publish(revision, *args, **kwargs)

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete the page; what follows for its thing's files happens in the same transaction."""
        self.hold_thing()
        return super().delete(*args, **kwargs)

    def with_content_json(self, content: dict[str, Any]) -> SitePage:
        """Rebuild the page from a revision, but with the row's own columns and its own thing."""
        page: SitePage = super().with_content_json(content)
        for name in ROW_COLUMNS:
            setattr(page, name, getattr(self, name))
        if self.THING:
            setattr(page, f"{self.THING}_id", getattr(self, f"{self.THING}_id"))
        return page

    # Addresses ---------------------------------------------------------------------------------------------
    @property
    def public_path(self) -> str:
        """The path of the page's address, from the site's root: "/fr/presse/communiques/…/"."""
        return "/" + self.url_path.split("/", 2)[2] if self.url_path.count("/") > 1 else "/"

    @property
    def public_url(self) -> str:
        """The absolute address under the configured PUBLIC_URL, whatever host asked."""
        return settings.PUBLIC_URL + self.public_path

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str] | None:
        """The one site's address (no query): what Wagtail's own url helpers ask for."""
        if not self.url_path:
            return None
        return (1, settings.PUBLIC_URL, self.public_path)

    def get_url(self, request: Any = None, current_site: Any = None) -> str | None:
        """The address within the site, from the row alone: listings cost no query per link."""
        return self.public_path if self.url_path else None

    # Permissions and state in the admin ---------------------------------------------------------------------
    def permissions_for_user(self, user: Any) -> PagePermissions:
        """What `user` may do with the page, within the team's rules on approval."""
        return PagePermissions(user, self)

    @property
    def status_string(self) -> Any:
        """The state in the admin's lists: a published page that nobody outside reads is not called live."""
        words = {
            "withdrawn": _("withdrawn"),
            "embargoed": _("under embargo"),
            "ended": _("no longer shown"),
        }
        shut = self.shut_because(clock.now()) if self.live else ""
        return words[shut] if shut else super().status_string

    def shut_because(self, now: datetime) -> str:
        """Why nobody outside the team reads the page at `now`, were it live: withdrawn, embargoed, ended, or ""."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.public_from is not None and self.public_from > now:
            return "embargoed"
        return "ended" if self.public_until is not None and self.public_until <= now else ""

    # Preview -----------------------------------------------------------------------------------------------
    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """Show the page as its registered view shows it, to a reader whom embargoes do not bind."""
        language = self.locale.language_code if self.locale_id else settings.LANGUAGE_CODE
        ctx = registry.Context(reader=reader_for(request), now=clock.now(), language=language, preview=True)
        return registry.page_type_of(self).view(request, self, ctx)
