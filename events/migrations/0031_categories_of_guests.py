"""Guest lists, guests and delegations name the category that their people count in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0030_sector_of_a_person'),
    ]

    operations = [
        migrations.AddField(
            model_name='delegation',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to='events.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='guestlist',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='guest_lists', to='events.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='events.category', verbose_name='category'),
        ),
    ]
