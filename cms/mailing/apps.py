from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingConfig(AppConfig):
    name = "cms.mailing"
    label = "mailing"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Mailing")

    def ready(self) -> None:
        from cms.core import registry
        from cms.mailing import api, tasks
        from cms.mailing.mail import issues
        from cms.mailing.models import Issue
        from cms.mailing.views import approvals, contact, desk
        from cms.mailing.views import issues as issue_views

        self._register_sign_ups()
        self._register_measures()
        registry.todo_items.register(registry.TodoSource("mailing.troubled", 30, _("Mailings"), desk.due))
        registry.todo_items.register(
            registry.TodoSource("mailing.approvals", 21, _("Mailings to approve"), approvals.due)
        )
        registry.services.register(api.service())
        registry.contact_sections.register(
            registry.ContactSection(
                "mailing.sent", 10, _("All that was sent"), "mailing/admin/sent_to.html", contact.sent_to
            )
        )
        registry.mail_bells.register(tasks.ring_sweep_on_commit, key="mailing.sweep")
        registry.health_lines.register(desk.queue_line, key="mailing.queue")
        registry.health_lines.register(desk.senders_line, key="mailing.senders")
        registry.health_lines.register(desk.word_line, key="mailing.words")
        registry.health_lines.register(desk.reports_line, key="mailing.reports")
        registry.admin_banners.register(desk.banner, key="mailing.sender_held")
        registry.admin_banners.register(desk.paper_banner, key="mailing.paper")
        registry.mailing_renderers.register(
            registry.Renderer(
                issues.RENDERER, _("Newsletter"), issues.render, issues.recheck, place=issues.place
            )
        )
        registry.shareables.register(registry.Shareable(issues.RENDERER, _("Newsletter"), issues.brief))
        registry.previews.register(issue_views.preview, key=Issue)

    def _register_sign_ups(self) -> None:
        from cms.core import registry
        from cms.mailing import queries
        from cms.mailing.mail import sign_ups

        registry.mailing_renderers.register(
            registry.Renderer(
                sign_ups.RENDERER,
                _("Sign-ups: confirm the address"),
                sign_ups.confirm,
                owed=True,
                subscription=False,
                secret=True,
            )
        )
        registry.contact_activities.register(
            registry.ContactActivity("mailing", 20, queries.activity_choices, queries.active)
        )

    def _register_measures(self) -> None:
        from cms.core import registry
        from cms.mailing import queries
        from cms.mailing.queries import beside

        for key, label, count in (
            ("mailing.paper", _("People written to on paper"), beside.count_on_paper),
            ("mailing.text_messages", _("Text messages through an operator"), beside.count_text_messages),
            ("mailing.whatsapp", _("Texts copied for WhatsApp"), beside.count_copied),
        ):
            registry.measures.register(registry.Measure(key, label, count))
        registry.measures.register(
            registry.Measure("mailing.mailings", _("Mailings sent"), queries.count_mailings)
        )
        registry.measures.register(
            registry.Measure("mailing.deliveries", _("Mails delivered"), queries.count_deliveries)
        )
