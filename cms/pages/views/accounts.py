"""Signing in: the team to the administration, readers of the intranet to the intranet."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.views.account import LoginView

from cms.core.reader import reader_for


class SignIn(LoginView):
    """Wagtail's sign-in page, which leads who has nothing to do in the administration where they may read."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """A reader of the intranet who is signed in already is not asked again."""
        user = self.request.user
        if user.is_authenticated and not user.has_perm("wagtailadmin.access_admin"):
            return redirect(self.get_success_url())
        return super().get(*args, **kwargs)

    def get_success_url(self) -> str:
        target: str = super().get_success_url()
        user = self.request.user
        if not target.startswith(reverse("wagtailadmin_home")) or user.has_perm("wagtailadmin.access_admin"):
            return target
        home = f"/{getattr(user, 'language', 'fr')}/"
        return f"{home}intranet/" if "members" in reader_for(self.request).audiences else home
