"""The running order of a date. The coordinator reads it; those who keep guest lists and programmes keep it."""

import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("officer", "editor", "protocol", "admin"):
        grant(apps, group, "events", "runningitem", "view_runningitem", "keep_runningitem")
    grant(apps, "coordinator", "events", "runningitem", "view_runningitem")


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0026_door_by_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='RunningItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('order', models.PositiveSmallIntegerField(verbose_name='order')),
                ('starts_after', models.SmallIntegerField(blank=True, null=True, verbose_name='begins, in minutes from the start')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('title', models.CharField(max_length=200, verbose_name='what')),
                ('who', models.CharField(blank=True, max_length=200, verbose_name='who')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='place')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note for the team')),
                ('occurrence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='running', to='events.occurrence', verbose_name='date')),
            ],
            options={
                'verbose_name': 'point of a running order',
                'verbose_name_plural': 'points of a running order',
                'ordering': ['order', 'pk'],
                'permissions': [('keep_runningitem', 'Can keep the running order of an event')],
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('occurrence', 'order'), name='events_one_point_comes_after_another'), models.CheckConstraint(condition=models.Q(('minutes__gte', 1), ('minutes__lte', 600)), name='events_a_point_takes_from_a_minute_to_ten_hours'), models.CheckConstraint(condition=models.Q(('starts_after__isnull', True), models.Q(('starts_after__gte', -1440), ('starts_after__lte', 20160)), _connector='OR'), name='events_a_point_begins_about_its_date')],
            },
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
