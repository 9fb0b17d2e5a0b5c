"""What is to be done for events, and the texts that are ready."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0007_delegation_roles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadyText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('title', models.CharField(max_length=150, verbose_name='title')),
                ('body', models.TextField(max_length=6000, verbose_name='text')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ready_texts', to='events.event')),
            ],
            options={
                'verbose_name': 'ready text',
                'verbose_name_plural': 'ready texts',
                'ordering': ['pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('event', 'key'), name='events_a_ready_text_is_laid_once')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(blank=True, editable=False, max_length=60)),
                ('title', models.CharField(max_length=200, verbose_name='what')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='how')),
                ('days', models.SmallIntegerField(blank=True, null=True, verbose_name='days from the event')),
                ('fixed_date', models.DateField(blank=True, null=True, verbose_name='date')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='events.event')),
            ],
            options={
                'verbose_name': 'thing to do',
                'verbose_name_plural': 'things to do',
                'ordering': ['days', 'fixed_date', 'pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('event', 'key'), name='events_a_road_is_laid_once'), models.CheckConstraint(condition=models.Q(('days__isnull', True), ('fixed_date__isnull', True), _connector='OR'), name='events_a_task_has_one_kind_of_date')],
            },
        ),
    ]
