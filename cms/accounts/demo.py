"""Accounts of the demonstration: one per role that works here, password "demo-" and the name."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cms.accounts import actions
from cms.accounts.models import Role, User

ACCOUNTS = (
    ("officer", "Kadiatou", "Sangaré", Role.OFFICER),
    ("editor", "Boubacar", "Maïga", Role.EDITOR),
    ("protocol", "Fanta", "Koïta", Role.PROTOCOL),
    ("coordinator", "Seydou", "Dembélé", Role.COORDINATOR),
    ("focal", "Oumou", "Cissé", Role.INTERNAL),
    ("admin", "Mariam", "Keïta", Role.ADMIN),
)


def build(*, now: datetime) -> None:
    """Make the demo accounts, once. Known passwords: refused unless DEMO is set."""
    if not settings.DEMO:
        raise ImproperlyConfigured("The demo accounts have known passwords: set DEMO=1 to make them.")
    for username, first, last, role in ACCOUNTS:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User.objects.create_user(
                username,
                email=f"{username}@example.org",
                password=f"demo-{username}",
                first_name=first,
                last_name=last,
                date_joined=now,
            )
        actions.assign_role(user, role)
