"""Every route on one screen."""

from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls

from cms.core.dispatch import dispatch
from cms.core.views import choose_below, chosen_pages, healthz, readyz, session_state
from cms.mailing.views import clicks, preview, sign_ups, webhooks
from cms.mailing.views import public as mail
from cms.pages import views as pages
from events import views as events
from events.views import abstracts, reviewing, verify
from media_library import views as library
from press.views import doors
from settings.api import api, beside

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("admin/session/", session_state, name="core_session_state"),  # outside the admin's own sign-in wall
    path("admin/login/", pages.SignIn.as_view()),
    path("admin/images/<int:image_id>/preview/<str:filter_spec>/", library.nothing),
    path("admin/choose-page/<int:parent_page_id>/", choose_below),
    path("admin/choose-page/chosen-multiple/", chosen_pages),
    path("admin/", include(wagtailadmin_urls)),
    path("++api++/", api.urls),
    re_path(r"^\+\+api\+\+(?:/((?s:.*)))?$", beside),
    re_path(
        r"^media/(?P<uid>[0-9a-f]{32})/(?:(?P<variant>[a-z0-9.-]{1,40})/)?(?P<name>[^/]{1,400})$",
        library.media,
    ),
    path("s/<str:token>/", library.share),
    re_path(
        r"^s/(?P<token>[\w-]{43})/file/(?P<uid>[0-9a-f]{32})/(?:(?P<variant>[a-z0-9.-]{1,40})/)?(?P<name>[^/]{1,400})$",
        library.shared_file,
    ),
    re_path(r"^s/(?P<token>[\w-]{43})/(?P<rest>[a-z0-9./-]{1,80})$", library.shared_part),
    path("sitemap.xml", pages.sitemap),
    path("sitemap-news.xml", pages.sitemap_news),
    path("robots.txt", pages.robots),
    path(".well-known/security.txt", pages.security),
    re_path(r"^p/([0-9A-Za-z]{9})/?$", pages.short),
    path("m/essai", preview.trial, name="mail_trial"),
    re_path(r"^(?P<language>fr)/lettre-d-information/$", sign_ups.sign_up, name="newsletter"),
    re_path(r"^(?P<language>en)/newsletter/$", sign_ups.sign_up, name="newsletter"),
    path("m/reports/<slug:provider>", webhooks.reports),
    path("m/<str:token>", mail.letter, name="mail"),
    path("m/<str:token>/unsubscribe", mail.unsubscribe, name="mail_unsubscribe"),
    path("c/<str:token>", clicks.follow, name="mail_click"),
    path("m/<str:token>/confirm/", sign_ups.confirm, name="mail_confirm"),
    path("m/<str:token>/preferences/", sign_ups.preferences, name="mail_preferences"),
    path("r/<str:token>", events.personal),
    path("r/<str:token>/", events.personal),
    path("r/<str:token>/event.ics", events.personal_file),
    path("a/<str:token>", abstracts.paper),
    path("a/<str:token>/", abstracts.paper),
    path("a/<str:token>/change/", abstracts.paper_change),
    path("a/<str:token>/file", abstracts.paper_file),
    path("e/<str:token>", reviewing.reviewing),
    path("e/<str:token>/", reviewing.reviewing),
    path("e/<str:token>/<int:number>/", reviewing.review),
    path("e/<str:token>/<int:number>/file", reviewing.review_file),
    path("r/<str:token>/journey/", events.own_journey),
    path("d/<str:token>", events.head_page),
    path("d/<str:token>/", events.head_page),
    path("d/<str:token>/name/", events.head_name),
    path("d/<str:token>/<uuid:uid>/", events.head_member),
    path("door/worker.js", events.door_worker),
    re_path(r"^door/(?P<uid>[0-9a-f]{32})/$", events.door),
    re_path(r"^door/(?P<uid>[0-9a-f]{32})/list\.json$", events.door_list),
    re_path(r"^door/(?P<uid>[0-9a-f]{32})/sync$", events.door_sync),
    path(
        "r/<str:token>/certificate/<uuid:uid>.pdf", verify.personal_certificate, name="events_own_certificate"
    ),
    path("verify/", verify.ask),
    path("verify/<str:code>/", verify.verify),
    path("verify/<str:token>/certificate.pdf", verify.own_certificate),
    path("r/<str:token>/calendar.ics", events.personal_calendar),
    path("i/", events.enter),
    path("i/<str:token>", events.invited),
    path("i/<str:token>/", events.invited),
    path("i/<str:token>/event.ics", events.invited_file),
    path("r/<str:token>/ticket.pdf", events.personal_ticket),
    path("r/<str:token>/receipt-<uuid:uid>.pdf", events.personal_receipt),
    path("j/<str:token>", doors.door),
    path("j/<str:token>/", doors.door),
    path("j/<str:token>/<path:path>", doors.below),
    re_path(r"^(.*)$", dispatch, name="wagtail_serve"),
]

handler400 = "cms.pages.views.bad_request"
handler404 = "cms.pages.views.not_found"
handler500 = "cms.pages.views.server_error"
