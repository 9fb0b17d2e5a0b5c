"""Who was let in, and who may let people in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("officer", "editor", "protocol", "admin"):
        grant(apps, group, "events", "checkin", "keep_door", "view_checkin")
    grant(apps, "coordinator", "events", "checkin", "view_checkin")


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0008_roads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="occurrence",
            name="door_generation",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_uid", models.UUIDField(editable=False, unique=True)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("code", "By the code"),
                            ("name", "By the name"),
                            ("sheet", "By the attendance sheet"),
                            ("walk_in", "Came without registering"),
                        ],
                        max_length=20,
                        verbose_name="way",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("admitted", "Came in"),
                            ("already", "Inside already"),
                            ("not_confirmed", "Has no confirmed seat"),
                            ("unknown", "Not known for this date"),
                            ("full", "No seat left"),
                            ("closed", "Outside the hours of the door"),
                            ("undone", "Entry taken back"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                ("let_in", models.BooleanField(default=False, verbose_name="let in by the telephone")),
                ("door", models.CharField(blank=True, max_length=60, verbose_name="door")),
                ("device", models.UUIDField(blank=True, editable=False, null=True)),
                ("scanned_at", models.DateTimeField(verbose_name="at the door")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                ("settled_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="settled")),
                (
                    "occurrence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_ins",
                        to="events.occurrence",
                        verbose_name="date",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_ins",
                        to="events.registration",
                        verbose_name="registration",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry",
                "verbose_name_plural": "entries",
                "ordering": ["-scanned_at", "-pk"],
                "permissions": [("keep_door", "Can let people in at the door")],
            },
        ),
        migrations.AddIndex(
            model_name="checkin",
            index=models.Index(fields=["occurrence", "outcome"], name="events_check_in_by_outcome"),
        ),
        migrations.AddIndex(
            model_name="checkin",
            index=models.Index(fields=["occurrence", "-scanned_at"], name="events_check_in_by_hour"),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "admitted")),
                fields=("registration",),
                name="events_a_person_is_let_in_once_for_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "admitted"), _negated=True),
                    ("registration__isnull", False),
                    _connector="OR",
                ),
                name="events_who_is_let_in_is_registered",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(("scanned_at__lte", models.F("received_at"))),
                name="events_a_check_in_is_received_after_it_was_made",
            ),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
