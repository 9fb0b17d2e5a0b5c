"""Named slots that upper apps fill in `AppConfig.ready()` and lower layers iterate.

A lower layer names no type above itself: a release reaches newsletter, home page and API by what `press` puts here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from pydantic import BaseModel

    from cms.core.models import SitePage
    from cms.core.reader import Reader

T = TypeVar("T")
View = Callable[..., "HttpResponse"]


@dataclass(frozen=True)
class Context:
    """Who reads, when and in which language; handed to every view and serializer.

    `language` is that of the address; `fallback` is true when the page shown is the French one because the
    asked-for language has none; `preview` is true inside the editor's preview.
    """

    reader: Reader
    now: datetime
    language: str
    fallback: bool = False
    preview: bool = False


class Slot(Generic[T]):
    """An ordered collection with optional keys. Registering a key twice is a programming error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[Any, T] = {}

    def register(self, item: T, key: Any = None) -> T:
        """Add `item` under `key` (default: the item's `model`, `key` or `name` attribute, else the item)."""
        if key is None:
            for attribute in ("model", "key", "name"):
                if (key := getattr(item, attribute, None)) is not None:
                    break
            else:
                key = item
        if key in self._items:
            raise ImproperlyConfigured(f"{self.name}: {key!r} is registered twice")
        self._items[key] = item
        return item

    def get(self, key: Any) -> T | None:
        return self._items.get(key)

    def __iter__(self) -> Iterator[T]:
        return iter(sorted(self._items.values(), key=lambda item: getattr(item, "order", 0)))

    def __len__(self) -> int:
        return len(self._items)

    def items(self) -> Iterable[tuple[Any, T]]:
        return self._items.items()


def accepts(*methods: str) -> Callable[[View], View]:
    """Declare the HTTP methods of a page view or subpath view; without it GET and HEAD only."""

    def mark(view: View) -> View:
        view.methods = (*methods, "OPTIONS")  # type: ignore[attr-defined]
        return view

    return mark


@dataclass(frozen=True)
class PageType:
    """How one page model is shown, said in JSON, created and changed.

    first_values(thing) returns the values its creation form takes, and change_first_values(thing, values, user, now)
    changes them while no page of the thing has been published; both or neither. view(request, page, ctx) and each of
    `subpaths` ("atom.xml", "inscription") return an HttpResponse. serialize(page, ctx) returns the type's own JSON
    fields. create_thing(cleaned_data, user, now) makes the row a new page words; state_panel(page, request) returns
    (template, context) for the editor; patch(page, data, user, now, bodies) changes the page through the app's own
    actions from a validated `patch_schema`; `bodies` are the values of the StreamFields given, which the kernel adds
    to the schema, validates and cleans. create(parent, data, bodies, ctx) makes such a page from a validated
    `create_schema` (the kernel adds `@type` and bodies, and has asked whether the user may add and, with its
    `publish`, publish there). `gate(request, page, ctx)` answers readers outside a gated branch, alike for what exists
    and what does not. `prefetch` names the relations that `serialize` reads (kept constant for 1 and 30 pages);
    `item_schema` is the pydantic model of what it returns, for the OpenAPI document. `label`: what readers call it.
    begin_like(thing, title, user, now) makes another thing of the same sort for a page begun from one of this thing's,
    with nothing of its dates, number, people or files; `left_behind` names the words that are not taken over then.
    """

    model: type[SitePage]
    type_name: str
    view: View
    serialize: Callable[[Any, Context], dict[str, Any]]
    subpaths: Mapping[str, View] = field(default_factory=dict)
    create_thing: Callable[..., Any] | None = None
    first_values: Callable[[Any], dict[str, Any]] | None = None
    change_first_values: Callable[..., Any] | None = None
    state_panel: Callable[..., tuple[str, dict[str, Any]] | None] | None = None
    patch: Callable[..., Any] | None = None
    patch_schema: type[BaseModel] | None = None
    create: Callable[..., Any] | None = None
    create_schema: type[BaseModel] | None = None
    gate: View | None = None
    listed_model: type[SitePage] | None = None
    prefetch: Sequence[str] = ()
    item_schema: type[BaseModel] | None = None
    label: Any = ""
    begin_like: Callable[..., Any] | None = None
    left_behind: Sequence[str] = ()


@dataclass(frozen=True)
class HomeSection:
    """A section of the home page: `context(page, ctx)` returns the template's context, or None to hide it."""

    key: str
    order: int
    template: str
    context: Callable[[Any, Context], dict[str, Any] | None]


@dataclass(frozen=True)
class FeedEntry:
    """One entry of a feed. Times are aware; `url` is absolute; `html` is safe. enclosure: cms.pages.feeds.Enclosure."""

    uid: UUID
    title: str
    url: str
    summary: str
    html: str
    published_at: datetime
    updated_at: datetime
    language: str
    topics: Sequence[str] = ()
    enclosure: Any = None


@dataclass(frozen=True)
class FeedSource:
    """The entries of a listing page model: `entries(page, ctx, topic)` returns at most 25, newest first.

    `news` puts them into /sitemap-news.xml too.
    """

    model: type[SitePage]
    title: Callable[[Any], str]
    entries: Callable[..., list[FeedEntry]]
    news: bool = False


@dataclass(frozen=True)
class Story:
    """What a newsletter says of a page beside its title, summary and picture.

    `kicker` stands above the title ("Release no. 12/2026"), `facts` below it, a line each (when, where); `summary`
    is said where the page has none.
    """

    kicker: str = ""
    facts: Sequence[str] = ()
    summary: str = ""


@dataclass(frozen=True)
class StorySource:
    """How a newsletter tells of the pages of a model; a page of no source is told by title and summary alone.

    tell(pages, language, now) returns a Story by page key, for all pages of the model in an issue at once.
    news(since, now, language) returns the pages that a new issue begins with: at most eight, all public at `now`.
    """

    model: type[SitePage]
    tell: Callable[..., Mapping[int, Story]]
    news: Callable[..., Iterable[Any]]
    order: int = 0


@dataclass(frozen=True)
class Todo:
    """One line of "what must I do today": plain words, a count or date, where to act, and how urgent."""

    text: str
    url: str
    detail: str = ""
    due_at: datetime | None = None
    level: str = "info"  # info | warning | critical


@dataclass(frozen=True)
class TodoSource:
    """`items(user, now)` returns the lines that this user may act on, bounded queries."""

    key: str
    order: int
    title: Any
    items: Callable[..., list[Todo]]


@dataclass(frozen=True)
class Parts:
    """The rendered words of one mail. `attachments` are (filename, content type, bytes)."""

    subject: str
    text: str
    html: str
    attachments: Sequence[tuple[str, str, bytes]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """What may not be done now (a mail, a merging); the sentence is shown to the officer.

    `until`: the instant from which it may be asked again, where the refusal is only a matter of time (an embargo).
    The mailing then waits and asks again by itself; without it, it stops for an officer.
    """

    def __init__(self, sentence: object = "", *, until: datetime | None = None) -> None:
        super().__init__(str(sentence))
        self.until = until


@dataclass(frozen=True)
class Renderer:
    """Words for a kind of mail.

    render(mailing, language, now) returns the Parts shared by all recipients of a mailing; for mail a person is
    owed (`owed=True`) render(delivery, language, now) is called per delivery. Placeholders of the closed list
    appear as ``[[name]]``. recheck(mailing, now) raises Refused, at launch and again before each batch.
    topics(mailing) returns the translation keys of the topics it is about; who chose topics gets it only if one of
    theirs is among them, and gets what is about none in particular.
    `subscription=True` mails carry List-Unsubscribe. A `secret` mail holds what opens an account: nobody but its
    recipient reads it, whatever their rights. place(mailing) names the admin's address where its words are changed,
    or "" where there is none. audience(mailing) returns the contacts it goes to, where the thing
    decides that and not the officer (those who got a text that was corrected since); without it, the audiences chosen.
    """

    key: str
    title: Any
    render: Callable[..., Parts]
    recheck: Callable[..., None] | None = None
    owed: bool = False
    subscription: bool = True
    secret: bool = False
    place: Callable[[Any], str] | None = None
    topics: Callable[[Any], Iterable[UUID]] | None = None
    audience: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Brief:
    """A thing in a few lines, for a text message or a messaging app: plain words and the address to read on.

    `facts` are lines of their own (when, where); `activity` is the row of the plan that it serves, or None.
    """

    title: str
    text: str
    url: str
    facts: Sequence[str] = ()
    activity: Any = None


@dataclass(frozen=True)
class Shareable:
    """A kind of thing whose words an officer takes elsewhere; `key` is that of its renderer, where it has one.

    brief(uid, language, now) returns a Brief in that language, or in French where it has no such words. Raises Refused,
    with the sentence for the officer, for what everybody may not read at `now`.
    """

    key: str
    title: Any
    brief: Callable[[UUID, str, datetime], Brief]


@dataclass(frozen=True)
class OwedMail:
    """A mail that an app below the outbox owes somebody, as the outbox takes it. `renderer` is a renderer's key."""

    renderer: str
    recipient_key: str
    address: str
    name: str
    language: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class ContactSection:
    """A part of a contact's page, or of what stands beside a thing's words, that an app above fills.

    `context(request, contact)`, or `context(request, page)`, returns the template's context, or None for who may not
    see it or where there is nothing; at most a bounded number of queries.
    """

    key: str
    order: int
    title: Any
    template: str
    context: Callable[..., dict[str, Any] | None]


@dataclass(frozen=True)
class Measure:
    """What an indicator of the plan can count: `count(start, end)` over aware datetimes."""

    key: str
    label: Any
    count: Callable[[datetime, datetime], int]


@dataclass(frozen=True)
class ContactActivity:
    """What contacts did, by which an audience may be drawn: took part in an event, were written to.

    `choices()` returns (code, words) for the officer; `contact_ids(codes)` a queryset of one column, the contacts
    who did any of them. Spans of time are counted back from the database's clock. A saved audience keeps
    ``key:code``; a code that is no longer known is nobody.
    """

    key: str
    order: int
    choices: Callable[[], Sequence[tuple[str, Any]]]
    contact_ids: Callable[[Sequence[str]], Any]


page_types: Slot[PageType] = Slot("page_types")
services: Slot[Any] = Slot("services")
home_sections: Slot[HomeSection] = Slot("home_sections")
feed_sources: Slot[FeedSource] = Slot("feed_sources")
# by model: serialize(row, ctx) -> dict, or None where the reader may not have it; an attribute `prepare(queryset)`
# adds what it reads, so that many rows cost as many queries as one
asset_serializers: Slot[Callable[..., dict[str, Any] | None]] = Slot("asset_serializers")
# by model: may_serve(row, ctx) -> whether the reader may have any trace of it; an attribute `prepare(queryset)` brings
# what it reads, and what a template says of a file (its size), so that many rows cost as many queries as one
asset_policies: Slot[Callable[..., bool]] = Slot("asset_policies")
story_sources: Slot[StorySource] = Slot("story_sources")
# by model, of what is edited and is no page: preview(request, row, mode) -> HttpResponse
previews: Slot[View] = Slot("previews")
mailing_renderers: Slot[Renderer] = Slot("mailing_renderers")
shareables: Slot[Shareable] = Slot("shareables")
# each: take(now) -> the mail an app below the outbox owes, forgotten there in the transaction that writes it here
owed_mail: Slot[Callable[[datetime], Iterable[OwedMail]]] = Slot("owed_mail")
# each: ring() -> None; wakes whoever takes that mail, once the present transaction is committed
mail_bells: Slot[Callable[[], None]] = Slot("mail_bells")
contact_sections: Slot[ContactSection] = Slot("contact_sections")
thing_sections: Slot[ContactSection] = Slot("thing_sections")
# by "app_label.Model.field" of a key to a contact: move(source, target, user, now), called in the transaction that
# merges two contacts, where both may be pointed to at once and only one may stay; raises Refused with a sentence.
# Keys that may point to one contact any number of times need none: they are moved as they are.
contact_movers: Slot[Callable[..., None]] = Slot("contact_movers")
measures: Slot[Measure] = Slot("measures")
contact_activities: Slot[ContactActivity] = Slot("contact_activities")
todo_items: Slot[TodoSource] = Slot("todo_items")
# each: source(request) -> {"contact": …, "grants": {uid, …}} or None
reader_sources: Slot[Callable[..., dict[str, Any] | None]] = Slot("reader_sources")
# each: note(request, asset, variant, reader, now) -> None; told of bytes that a reader is given and not everybody
private_bytes: Slot[Callable[..., None]] = Slot("private_bytes")
# each: open(thing_uid, now) -> (thing, show) or None; show(request, link, thing, rest, reader, now) -> below its link
shared_things: Slot[Callable[..., tuple[Any, View] | None]] = Slot("shared_things")
# each: authenticate(raw_token, now) -> User or None; `user.api_scopes` ({"read", "write"}) bounds what it may do
authenticators: Slot[Callable[..., Any]] = Slot("authenticators")
# each: judge(path, now=…) -> whether everybody may open this address of the site at `now`; None where it is not its own
address_judges: Slot[Callable[..., bool | None]] = Slot("address_judges")
# each: check() -> None, or a sentence saying what is wrong
health_checks: Slot[Callable[[], str | None]] = Slot("health_checks")
# each: line(user, now) -> (level, sentence) of one part of the machinery, or None for who has no business with it
health_lines: Slot[Callable[..., tuple[str, str] | None]] = Slot("health_lines")
publication_rules: Slot[Callable[..., Iterable[str]]] = Slot("publication_rules")  # (page, now) -> why not
# each: banner(request, now) -> a sentence or None
admin_banners: Slot[Callable[..., str | None]] = Slot("admin_banners")


def page_type_of(page: Any) -> PageType:
    """Return the PageType of a specific page; ImproperlyConfigured where its app registered none."""
    found = page_types.get(type(page))
    if found is None:
        raise ImproperlyConfigured(f"{type(page).__name__} is in no registry slot")
    return found
