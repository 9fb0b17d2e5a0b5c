from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0024_seating")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="outlet_cap",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="people of one newsroom"
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(("outlet_cap__isnull", True), ("outlet_cap__gt", 0), _connector="OR"),
                name="events_a_newsroom_may_send_somebody",
            ),
        ),
    ]
