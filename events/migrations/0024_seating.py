"""Who sits where at a ceremony."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0023_talks_in_the_programme'),
    ]

    operations = [
        migrations.CreateModel(
            name='SeatingPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rows', models.TextField(max_length=2000, verbose_name='rows')),
                ('occurrence', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='seating', to='events.occurrence')),
            ],
            options={
                'verbose_name': 'seating plan',
                'verbose_name_plural': 'seating plans',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveSmallIntegerField()),
                ('row_name', models.CharField(max_length=60)),
                ('number', models.PositiveSmallIntegerField()),
                ('is_fixed', models.BooleanField(default=False)),
                ('registration', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='place', to='events.registration')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='events.seatingplan')),
            ],
            options={
                'verbose_name': 'place',
                'verbose_name_plural': 'places',
                'ordering': ['row', 'number'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('plan', 'row', 'number'), name='events_a_chair_stands_once'), models.CheckConstraint(condition=models.Q(('is_fixed', False), ('registration__isnull', False), _connector='OR'), name='events_an_empty_chair_is_nobodys')],
            },
        ),
    ]
