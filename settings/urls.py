"""Every route on one screen."""

from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls

from cms.core.dispatch import dispatch

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    re_path(r"^(.*)$", dispatch, name="wagtail_serve"),
]
