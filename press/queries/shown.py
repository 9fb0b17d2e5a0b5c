"""What a reader may have of the files that a text shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cms.core.api.references import References
from cms.core.registry import Context

if TYPE_CHECKING:
    from cms.core.reader import Reader
    from press.models import ReleasePage


def facts_of(page: ReleasePage, *, reader: Reader, now: datetime) -> Callable[[Any], dict[str, Any] | None]:
    """A function that says of a picture, document or recording of a text what this reader may know, None for nothing.

    A bounded number of queries, all of them now.
    """
    refs = References(Context(reader=reader, now=now, language=page.locale.language_code))
    refs.gather_page(page)
    refs.resolve()
    return lambda row: refs.asset(type(row), row.pk) if row is not None else None
