from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """The agenda: events, their dates, who registers."""

    name = "events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Events")

    def ready(self) -> None:
        from cms.core import registry
        from events import feeds, ical, mail, models, receivers, views  # noqa: F401
        from events.actions import move_invitations, move_named, move_registrations
        from events.actions.reviews import move_reviewers

        self._register_pages(registry)
        self._register_agenda(registry)
        registry.feed_sources.register(registry.FeedSource(models.AgendaPage, feeds.title, feeds.entries))
        registry.contact_movers.register(move_registrations, key="events.Registration.contact")
        registry.contact_movers.register(move_named, key="events.EventContact.contact")
        registry.contact_movers.register(move_invitations, key="events.Invitation.contact")
        registry.contact_movers.register(move_reviewers, key="events.Reviewer.contact")
        self._register_mail(registry, mail, ical, models)
        self._register_owed(registry, mail, ical)
        self._register_papers(registry)
        self._register_guests(registry, ical, views)
        self._register_counts(registry, models, views, mail)

    @staticmethod
    def _register_pages(registry) -> None:  # type: ignore[no-untyped-def]
        from events import api, models, views
        from events.actions import events as first
        from events.views import abstracts

        registry.services.register(api.occurrences_service)
        registry.services.register(api.registrations_service)
        subpaths = {
            "inscription": views.register,
            "register": views.register,
            "delegation": views.announce_delegation,
            "event.ics": views.event_file,
            **abstracts.SUBPATHS,
            **views.programme.SUBPATHS,
        }
        registry.page_types.register(
            registry.PageType(
                models.EventPage,
                "Event",
                views.event,
                api.event,
                label=_("Event"),
                subpaths=subpaths,
                create_thing=first.create_from_form,
                first_values=first.first_values,
                change_first_values=first.change_first_values,
                state_panel=views.state_panel,
                prefetch=("topics",),
                begin_like=first.event_like,
                left_behind=("linked_page",),
            )
        )

    @staticmethod
    def _register_agenda(registry) -> None:  # type: ignore[no-untyped-def]
        from events import api, feeds, models, views

        registry.page_types.register(
            registry.PageType(
                models.AgendaPage,
                "AgendaPage",
                views.agenda,
                api.agenda,
                subpaths={"events.ics": views.agenda_file, **feeds.SUBPATHS},
                listed_model=models.EventPage,
            )
        )

    @staticmethod
    def _register_mail(registry, mail, ical, models) -> None:  # type: ignore[no-untyped-def]
        registry.story_sources.register(
            registry.StorySource(models.EventPage, mail.tell, mail.news, order=20)
        )
        calendar = ical.letter_calendar
        registry.mailing_renderers.register(
            registry.Renderer(
                mail.INVITATION,
                _("Invitation to an event"),
                partial(mail.invitation, calendar=calendar),
                mail.recheck_invitation,
                place=mail.place_of_invitation,
            )
        )

    @staticmethod
    def _register_owed(registry, mail, ical) -> None:  # type: ignore[no-untyped-def]
        from events.mail import delegations

        calendar = ical.letter_calendar
        for key, title, render in (
            ("confirm_address", _("Registrations: confirm the address"), mail.confirm_address),
            ("requested", _("Registrations: request received"), mail.requested),
            ("confirmed", _("Registrations: confirmed"), partial(mail.confirmed, calendar=calendar)),
            ("promoted", _("Registrations: a seat came free"), partial(mail.promoted, calendar=calendar)),
            ("offered", _("Registrations: a seat is offered"), mail.offered),
            ("offer_lapsed", _("Registrations: an offered seat was not taken"), mail.offer_lapsed),
            ("waiting", _("Registrations: waiting list"), mail.waiting),
            ("refused", _("Registrations: refused"), mail.refused),
            ("cancelled", _("Registrations: cancelled"), partial(mail.cancelled, calendar=calendar)),
            ("changed", _("Registrations: new date or place"), partial(mail.changed, calendar=calendar)),
            ("called_off", _("Registrations: event cancelled"), partial(mail.called_off, calendar=calendar)),
            ("reinstated", _("Registrations: held after all"), partial(mail.reinstated, calendar=calendar)),
            (
                "delegate_named",
                _("Delegations: you are named"),
                partial(delegations.named, calendar=calendar),
            ),
            *((key, title, render) for key, (title, render) in delegations.TO_HEADS.items()),
        ):
            registry.mailing_renderers.register(
                registry.Renderer(f"events.{key}", title, render, owed=True, subscription=False)
            )

    @staticmethod
    def _register_papers(registry) -> None:  # type: ignore[no-untyped-def]
        from events import mail
        from events.mail import abstracts as papers

        for key, title, render in (
            (papers.CONFIRM, _("Abstracts: confirm the address"), papers.confirm_paper),
            (papers.RECEIVED, _("Abstracts: received"), papers.received),
            (papers.DECISION, _("Abstracts: the committee's answer"), papers.decision),
            (papers.SPEAKER, _("Abstracts: speaker confirmed"), papers.speaker),
            (papers.REVIEWER, _("Abstracts: to be judged"), papers.reviewer),
            ("events.certificate", _("Certificate given"), mail.certificate),
            ("events.speaker_certificate", _("Certificate given to a speaker"), mail.speaker_certificate),
        ):
            registry.mailing_renderers.register(
                registry.Renderer(key, title, render, owed=True, subscription=False)
            )

    @staticmethod
    def _register_counts(registry, models, views, mail) -> None:  # type: ignore[no-untyped-def]
        from events import queries
        from events.views.roads import tasks_todo

        registry.contact_activities.register(
            registry.ContactActivity("events", 10, queries.activity_choices, queries.took_part)
        )
        registry.home_sections.register(
            registry.HomeSection(
                "events.next", 20, "events/includes/next_event.html", views.next_event_section
            )
        )
        for key in ("events.event", mail.INVITATION):
            registry.shareables.register(registry.Shareable(key, _("Event"), mail.brief))
        registry.contact_sections.register(
            registry.ContactSection(
                "events.registrations",
                20,
                _("Registrations"),
                "events/admin/contact_section.html",
                views.contact_section,
            )
        )
        registry.todo_items.register(
            registry.TodoSource("events.coming", 40, _("Coming events"), views.todo_items)
        )
        registry.todo_items.register(
            registry.TodoSource("events.tasks", 45, _("To be done for events"), tasks_todo)
        )
        EventsConfig._register_measures(registry, models, queries)

    @staticmethod
    def _register_measures(registry, models, queries) -> None:  # type: ignore[no-untyped-def]
        for name, label in (
            ("visitors", _("Visitors of our stands")),
            ("leaflets", _("Leaflets given at our stands")),
            ("adhesions", _("Adhesions at our stands")),
        ):
            registry.measures.register(
                registry.Measure(f"events.stand_{name}", label, partial(queries.stand_count, name=name))
            )
        for kind in models.Kind:
            registry.measures.register(
                registry.Measure(
                    f"events.{kind.value}", kind.label, partial(queries.held_between, kind=kind.value)
                )
            )

    @staticmethod
    def _register_guests(registry, ical, views) -> None:  # type: ignore[no-untyped-def]
        from events.mail import guests

        asked, listed = guests.recheck_question, guests.recheck_guest
        calendar = {"calendar": ical.letter_calendar}
        for key, title, render, recheck in (
            ("save_the_date", _("Guests: save the date"), partial(guests.save_the_date, **calendar), asked),
            ("invitation", _("Guests: invitation"), partial(guests.invite, **calendar), asked),
            ("ask_again", _("Guests: no answer yet"), guests.ask_again, asked),
            ("remind", _("Reminders to who comes"), guests.remind, guests.recheck_reminder),
            ("thanks", _("Thanks to who came"), guests.thanks, None),
            ("changed", _("Guests: new date or place"), partial(guests.changed, **calendar), listed),
            ("called_off", _("Guests: event cancelled"), partial(guests.called_off, **calendar), None),
            ("reinstated", _("Guests: event held after all"), partial(guests.reinstated, **calendar), listed),
            ("withdrawn", _("Guests: invitation withdrawn"), partial(guests.withdrawn, **calendar), None),
        ):
            registry.mailing_renderers.register(
                registry.Renderer(
                    f"events.guest_{key}", title, render, recheck, owed=True, subscription=False
                )
            )
        registry.contact_sections.register(
            registry.ContactSection(
                "events.invitations",
                19,
                _("Invitations"),
                "events/admin/contact_invitations.html",
                views.invitations_section,
            )
        )
        registry.todo_items.register(
            registry.TodoSource("events.guests", 41, _("Guests without an answer"), views.guests_todo)
        )
