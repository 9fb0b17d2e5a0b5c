"""System checks: what must never be configured."""

from typing import Any

from django.core.checks import Error, Tags, register


@register(Tags.database)
def no_stock_privacy(databases: Any = None, **kwargs: Any) -> list[Error]:
    """Refuse Wagtail's own view restrictions: `visible()` is the one policy, and would not know of them."""
    if not databases:
        return []
    from wagtail.models import CollectionViewRestriction, PageViewRestriction

    if PageViewRestriction.objects.exists() or CollectionViewRestriction.objects.exists():
        return [
            Error(
                "A page or collection has a Wagtail view restriction; set its audience instead.",
                id="core.E001",
            )
        ]
    return []
