"""What a search may be narrowed by: kinds of page, years, topics, each with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractYear

from cms.core import registry
from cms.core.models import SitePage, Topic
from cms.core.queries import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

Counts = dict[tuple[int, int], int]


def counts(found: QuerySet[SitePage]) -> Counts:
    """How many pages of each kind (key of its content type) became public in each year, in UTC (one query)."""
    rows = found.order_by().annotate(year=ExtractYear("public_from"))
    said = rows.values_list("content_type_id", "year").annotate(number=Count("pk"))
    return {(kind, year): number for kind, year, number in said if year}


def _topical(model: type[Any] = SitePage) -> Iterator[tuple[Any, str]]:
    """The tables that say which page of a model has which topic, and the name of their key to the page."""
    for kind in registry.page_types:
        if not issubclass(kind.model, model):
            continue
        if field := next((one for one in kind.model._meta.many_to_many if one.name == "topics"), None):
            yield field.remote_field.through, str(field.m2m_field_name())


def of_topic(found: QuerySet[Any], slug: str) -> QuerySet[Any]:
    """Narrow pages, of one kind or of any, to those of a topic, by its short name in any language."""
    keys = Topic.objects.filter(slug=slug).values("translation_key")
    wanted = Q(pk__in=[])
    for through, page in _topical(found.model):
        wanted |= Q(pk__in=through.objects.filter(topic__translation_key__in=keys).values(f"{page}_id"))
    return found.filter(wanted)


def topics(found: QuerySet[Any], *, language: str) -> list[tuple[str, str, int]]:
    """(short name, name, number of pages) of the topics of these pages, the most frequent first (two queries)."""
    parts = []
    for through, page in _topical():
        rows = through.objects.filter(**{f"{page}_id__in": found.order_by().values("pk")})
        parts.append(rows.order_by().values_list(F("topic__translation_key")).annotate(number=Count("pk")))
    if not parts:
        return []
    numbers: dict[Any, int] = {}
    for key, number in parts[0].union(*parts[1:], all=True):
        numbers[key] = numbers.get(key, 0) + number
    said: dict[Any, Topic] = {}
    named = Topic.objects.filter(
        translation_key__in=numbers, locale__language_code__in={language, SOURCE_LANGUAGE}
    )
    for row in named.select_related("locale"):
        if row.translation_key not in said or row.locale.language_code == language:
            said[row.translation_key] = row
    ranked = sorted(said.values(), key=lambda one: (-numbers[one.translation_key], one.name))
    return [(one.slug, one.name, numbers[one.translation_key]) for one in ranked]


def kinds(numbers: Counts) -> list[tuple[str, Any, int]]:
    """(name of the type, its words, number) of kinds of page, the most frequent first (no query)."""
    found: dict[str, tuple[Any, int]] = {}
    for (content_type, _year), number in numbers.items():
        model = ContentType.objects.get_for_id(content_type).model_class()
        if model is None or (kind := registry.page_types.get(model)) is None:
            continue
        label = kind.label or str(model._meta.verbose_name).capitalize()
        found[kind.type_name] = (label, found.get(kind.type_name, (label, 0))[1] + number)
    ranked = sorted(found.items(), key=lambda one: (-one[1][1], one[0]))
    return [(name, label, number) for name, (label, number) in ranked]


def years(numbers: Counts) -> list[tuple[str, str, int]]:
    """(year, year, number), the latest first."""
    found: dict[int, int] = {}
    for (_content_type, year), number in numbers.items():
        found[year] = found.get(year, 0) + number
    return [(str(year), str(year), found[year]) for year in sorted(found, reverse=True)]
