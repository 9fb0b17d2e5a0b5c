"""System checks: what must never be configured."""

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connection


@register(Tags.database)
def no_stock_privacy(databases: Any = None, **kwargs: Any) -> list[Error]:
    """Refuse Wagtail's own view restrictions: `visible()` is the one policy, and would not know of them."""
    from wagtail.models import CollectionViewRestriction, PageViewRestriction

    if not databases or PageViewRestriction._meta.db_table not in connection.introspection.table_names():
        return []  # nothing is migrated yet
    if PageViewRestriction.objects.exists() or CollectionViewRestriction.objects.exists():
        return [
            Error(
                "A page or collection has a Wagtail view restriction; set its audience instead.",
                id="core.E001",
            )
        ]
    return []
