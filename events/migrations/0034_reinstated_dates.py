"""What a date called off goes back to, and the identity by which calendars know a date."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0033_office_posts'),
    ]

    operations = [
        migrations.AddField(
            model_name='delegation',
            name='called_off_granted',
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='occurrence',
            name='told_as',
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='registration',
            name='called_off_from',
            field=models.CharField(blank=True, choices=[('pending', 'Address to be confirmed'), ('requested', 'Awaiting approval'), ('confirmed', 'Confirmed'), ('waiting', 'On the waiting list'), ('offered', 'Seat offered'), ('refused', 'Refused'), ('cancelled', 'Cancelled')], editable=False, max_length=20),
        ),
    ]
