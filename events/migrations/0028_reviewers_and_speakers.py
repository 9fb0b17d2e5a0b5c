"""A reviewer who was dropped stays with the verdicts given; an abstract knows its speaker's registration."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0027_running_order")]

    operations = [
        migrations.AddField(
            model_name="reviewer",
            name="dropped_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="dropped"),
        ),
        migrations.AddField(
            model_name="submission",
            name="registration",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="papers",
                to="events.registration",
                verbose_name="registration",
            ),
        ),
    ]
