"""People come in once a day of a date that lasts several, not once for all of it."""

import datetime
import zoneinfo

from django.db import migrations, models
from django.db.models import Q


def say_days(apps, schema_editor):
    check_in = apps.get_model("events", "CheckIn")
    rows = check_in.objects.select_related("occurrence__event").only(
        "scanned_at", "occurrence__starts_at", "occurrence__ends_at", "occurrence__event__zone"
    )
    found = []
    for row in rows.iterator(1000):
        zone, date = zoneinfo.ZoneInfo(row.occurrence.event.zone), row.occurrence
        first = date.starts_at.astimezone(zone).date()
        last = first
        if date.ends_at and date.ends_at - date.starts_at > datetime.timedelta(hours=24):
            last = (date.ends_at.astimezone(zone) - datetime.timedelta(seconds=1)).date()
        row.day = min(max(row.scanned_at.astimezone(zone).date(), first), last)
        found.append(row)
    check_in.objects.bulk_update(found, ["day"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("events", "0025_outlet_cap")]

    operations = [
        migrations.AddField(
            model_name="checkin",
            name="day",
            field=models.DateField(editable=False, null=True, verbose_name="day"),
        ),
        migrations.RunPython(say_days, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="checkin",
            name="day",
            field=models.DateField(editable=False, verbose_name="day"),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.UniqueConstraint(
                condition=Q(outcome="admitted"),
                fields=("registration", "day"),
                name="events_a_person_is_let_in_once_a_day",
            ),
        ),
        migrations.RemoveConstraint(model_name="checkin", name="events_a_person_is_let_in_once_for_a_date"),
    ]
