"""The plan of the demonstration is the real one; its targets get the demo's audiences."""

from datetime import datetime

from wagtail.models import Locale

from cms.contacts.models import Audience
from cms.plan import actions
from cms.plan.models import Target


def build(*, now: datetime) -> None:
    """Load the plan's rows and tie each target to the audience of the same short name; once or again."""
    # The demo speaks English too: the sectors are named in it at once, not at the second loading.
    Locale.objects.get_or_create(language_code="en")
    actions.load_reference()
    audiences = {audience.slug: audience for audience in Audience.objects.all()}
    for target in Target.objects.filter(audience=None):
        if (audience := audiences.get(target.slug)) is not None:
            target.audience = audience
            target.save(update_fields=["audience"])
