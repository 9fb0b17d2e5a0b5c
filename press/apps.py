from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PressConfig(AppConfig):
    """Releases, kits, and how they reach the press."""

    name = "press"
    label = "press"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Press")

    def ready(self) -> None:
        from press import receivers  # noqa: F401

        self._register_pages()
        self._register_kits()
        self._register_rules()
        self._register_lists()
        self._register_channels()
        self._register_mails()
        self._register_follow_up()
        self._register_doors()

    def _register_pages(self) -> None:
        from cms.core import registry
        from cms.core.registry import PageType
        from press import actions, api, models, views
        from press.views import state

        registry.page_types.register(
            PageType(
                models.ReleasePage,
                "PressRelease",
                views.release,
                api.release,
                subpaths={**views.FORMATS, "corrections": views.corrections},
                create_thing=views.create_release,
                change_first_values=views.change_release,
                first_values=views.release_values,
                state_panel=state.release_state,
                patch=api.patch_release,
                patch_schema=api.ReleasePatch,
                create=api.create_release,
                create_schema=api.ReleaseCreate,
                prefetch=api.RELEASE_PREFETCH,
                begin_like=actions.release_like,
                left_behind=("dateline_date", "related_page"),
            )
        )

    def _register_kits(self) -> None:
        from cms.core import registry
        from cms.core.registry import PageType
        from press import actions, api, models, views
        from press.views import state

        registry.page_types.register(
            PageType(
                models.KitPage,
                "PressKit",
                views.kit,
                api.kit,
                label=_("Press kit"),
                subpaths=views.KitPaths(),
                create_thing=views.create_kit,
                change_first_values=views.change_kit,
                first_values=views.kit_values,
                state_panel=state.kit_state,
                patch=api.patch_words,
                patch_schema=api.KitPatch,
                create=api.create_kit,
                create_schema=api.KitCreate,
                prefetch=("contacts__locale", "topics", "kit__corrections"),
                begin_like=actions.kit_like,
            )
        )

    def _register_rules(self) -> None:
        from cms.core import registry
        from press.actions import rules

        registry.publication_rules.register(rules.year_of_the_date, key="press.year")
        registry.publication_rules.register(rules.words_of_the_kit, key="press.kit")

    def _register_lists(self) -> None:
        from cms.core import registry
        from cms.core.registry import PageType
        from cms.pages import feeds
        from press import api, models, views
        from press.views import accreditation

        for kind in (
            PageType(
                models.PressRoomPage,
                "PressRoom",
                views.press_room,
                api.room,
                subpaths={
                    "accreditation": accreditation.ask,
                    "acces": accreditation.sign_in,
                    "access": accreditation.sign_in,
                },
            ),
            PageType(
                models.ReleaseIndexPage,
                "PressReleaseIndex",
                views.release_index,
                api.listing,
                subpaths=feeds.SUBPATHS,
                listed_model=models.ReleasePage,
            ),
            PageType(
                models.KitIndexPage,
                "PressKitIndex",
                views.kit_index,
                api.listing,
                subpaths=feeds.SUBPATHS,
                listed_model=models.KitPage,
            ),
            PageType(models.PressContactsPage, "PressContacts", views.contacts, api.contacts),
        ):
            registry.page_types.register(kind)

    def _register_channels(self) -> None:
        from cms.core import registry
        from cms.core.registry import FeedSource, HomeSection, Measure, TodoSource
        from press import api, feeds, models, queries
        from press.views import desk, scheduled

        registry.services.register(api.kit_service)
        registry.feed_sources.register(
            FeedSource(models.ReleaseIndexPage, lambda page: page.title, feeds.releases, news=True)
        )
        registry.feed_sources.register(FeedSource(models.KitIndexPage, lambda page: page.title, feeds.kits))
        registry.home_sections.register(
            HomeSection("press.latest", 60, "press/home_section.html", desk.home_section)
        )
        registry.todo_items.register(TodoSource("press.embargoes", 10, _("Embargoes"), desk.embargoes_due))
        registry.todo_items.register(
            TodoSource("press.correctives", 15, _("Corrections to be told"), desk.correctives_due)
        )
        registry.todo_items.register(
            TodoSource("press.scheduled", 12, _("Publications to come"), scheduled.publications_due)
        )
        registry.todo_items.register(
            TodoSource("press.approvals", 20, _("Approvals waiting"), desk.approvals_due)
        )
        registry.measures.register(
            Measure("press.releases", _("Press releases published"), queries.count_releases)
        )
        registry.measures.register(Measure("press.kits", _("Press kits published"), queries.count_kits))
        self._register_coverage()

    def _register_coverage(self) -> None:
        from cms.core import registry
        from cms.core.registry import ContactSection, Measure
        from press.queries import coverage
        from press.views import posts

        registry.thing_sections.register(
            ContactSection(
                "press.coverage", 50, _("In the media"), "press/admin/thing_section.html", posts.thing_section
            )
        )
        for key, label, count in (
            ("press.coverage", _("Articles and broadcasts in the media"), coverage.count_coverage),
            ("press.broadcasts", _("Broadcasts on radio and television"), coverage.count_broadcasts),
            ("press.diffusions", _("Paid or negotiated broadcasts ordered"), coverage.count_orders),
            ("press.passages", _("Passages attested by the outlets"), coverage.count_passages),
        ):
            registry.measures.register(Measure(key, label, count))

    def _register_mails(self) -> None:
        from cms.core import registry
        from cms.core.registry import Renderer, StorySource
        from press import mail, models
        from press.queries import correctives

        registry.mailing_renderers.register(
            Renderer(
                "press.release",
                _("Press release"),
                mail.render,
                mail.recheck,
                place=mail.place,
                topics=mail.topics,
            )
        )
        registry.shareables.register(registry.Shareable("press.release", _("Press release"), mail.brief))
        registry.story_sources.register(StorySource(models.ReleasePage, mail.tell, mail.news, order=10))
        registry.story_sources.register(StorySource(models.KitPage, mail.tell_kits, mail.news_kits, order=30))
        registry.mailing_renderers.register(
            Renderer(
                "press.correction",
                _("Correction of a release or press kit"),
                mail.render_correction,
                mail.recheck_correction,
                audience=correctives.audience_of,
            )
        )
        registry.mailing_renderers.register(
            Renderer(
                "press.withdrawal",
                _("Withdrawal of a release or press kit"),
                mail.render_withdrawal,
                mail.recheck_withdrawal,
                audience=correctives.audience_of,
            )
        )

    def _register_doors(self) -> None:
        from cms.core import registry
        from press import actions
        from press.mail import doors as mail
        from press.views import asking, doors, early, links

        registry.contact_movers.register(actions.move_early_copies, key="press.EarlyCopy.contact")
        registry.reader_sources.register(doors.door_reader, key="press-door")
        registry.shared_things.register(links.open_kit, key="press.kit")
        registry.private_bytes.register(doors.note_bytes, key="press-door")
        registry.contact_sections.register(
            registry.ContactSection(
                "press.door", 15, _("Press access"), "press/admin/door_section.html", early.door_section
            )
        )
        registry.todo_items.register(
            registry.TodoSource("press.calls", 26, _("Accreditations"), asking.calls_due)
        )
        registry.todo_items.register(
            registry.TodoSource("press.questions", 18, _("Questions of journalists"), early.questions_due)
        )
        for name, title, render in (
            (mail.DOOR, _("Press access: the link of a journalist"), mail.door),
            (mail.COPY, _("Press access: a text under embargo"), mail.early_copy),
            (mail.KEY, _("Press access: sign in"), mail.key),
            (mail.REQUEST, _("Press access: confirm a request for accreditation"), mail.request),
            (mail.REFUSED, _("Press access: accreditation refused"), mail.refused),
        ):
            registry.mailing_renderers.register(
                registry.Renderer(name, title, render, owed=True, subscription=False, secret=True)
            )

    def _register_follow_up(self) -> None:
        from cms.core import registry
        from cms.core.registry import Renderer
        from press.mail import followup as mail
        from press.queries import followup

        registry.mailing_renderers.register(
            Renderer("press.kit", _("Press kit"), mail.render_kit, mail.recheck_invitation, place=mail.place)
        )
        registry.mailing_renderers.register(
            Renderer(
                "press.followup",
                _("Reminder to journalists"),
                mail.render_follow_up,
                mail.recheck_invitation,
                place=mail.place,
                audience=followup.audience_of,
            )
        )
