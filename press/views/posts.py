"""A release on the social networks: words ready to copy, and the log of what was posted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import require_admin_access
from wagtail.admin.widgets import AdminDateTimeInput

from cms.core import clock, links
from press import actions, queries
from press.exports.posts import ready_posts
from press.models import Network, Release, SocialPost
from press.queries import coverage
from press.views.buttons import page_for

LOG, SEE = "press.log_socialpost", "press.view_socialpost"


class PostForm(forms.Form):
    """What was posted, where and when."""

    network = forms.ChoiceField(label=_("Network"), choices=Network.choices)
    link = forms.URLField(
        label=_("Address of the post"),
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    posted_at = forms.DateTimeField(label=_("Posted on"), widget=AdminDateTimeInput)


@require_admin_access
def posts(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the words for each network, and the log. POST writes a line, or strikes one (`strike`)."""
    if not (request.user.has_perm(LOG) or request.user.has_perm(SEE)):
        raise PermissionDenied
    release = get_object_or_404(Release, pk=pk)
    page, now = page_for("release", release, request.user), clock.now()
    form = PostForm(request.POST if "network" in request.POST else None, initial={"posted_at": now})
    if request.method == "POST":
        if not request.user.has_perm(LOG):
            raise PermissionDenied
        if _written(request, release, form):
            return redirect("press_posts", release.pk)
    public = queries.public_pages_of(release.uid, now=now)
    language = request.GET.get("language", "")
    told = public.get(language) or public.get("fr") or next(iter(public.values()), None)
    return TemplateResponse(
        request,
        "press/admin/posts.html",
        {
            "page": page,
            "release": release,
            "form": form,
            "told": told,
            "languages": [one.locale for one in public.values()],
            "ready": ready_posts(title=told.title, lead=told.lead, url=links.short_address(told.uid))
            if told
            else [],
            "log": release.posts.select_related("user"),
            "may_log": request.user.has_perm(LOG),
            "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
        },
    )


def _written(request: HttpRequest, release: Release, form: PostForm) -> bool:
    """Whether what was asked is done."""
    now, user = clock.now(), request.user
    if request.POST.get("strike", "").isdecimal():
        post = get_object_or_404(SocialPost, pk=int(request.POST["strike"][:12]), release=release)
        actions.strike_post(post, user=user, now=now)
        messages.success(request, gettext("The line is struck off."))
        return True
    if not form.is_valid():
        return False
    try:
        actions.log_post(release, **form.cleaned_data, user=user, now=now)
    except actions.PressError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, gettext("The post is written down."))
    return True


# Beside the words of a release, a kit or an event ---------------------------------------------------------------
def thing_section(request: HttpRequest, page: Any) -> dict[str, Any] | None:
    """What a thing gave in the media, for who may see it: figures, the report, the way to enter more."""
    if not request.user.has_perm("press.view_coverage") or page.thing_uid is None:
        return None
    return {
        "figures": coverage.figures_of(page.thing_uid),
        "page": page,
        "may_add": request.user.has_perm("press.add_coverage"),
        "may_order": request.user.has_perm("press.add_diffusion"),
        "posts_url": _posts_url(request, page),
        "posts": SocialPost.objects.filter(release__uid=page.thing_uid).count(),
    }


def _posts_url(request: HttpRequest, page: Any) -> str:
    if getattr(page, "THING", None) != "release" or not request.user.has_perm(SEE):
        return ""
    return reverse("press_posts", args=[page.release_id])
