"""Stands, the log of ours, official audiences and who may keep these."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("protocol", "officer", "editor", "admin"):
        grant(apps, group, "events", "officialaudience", "keep_officialaudience")


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0017_privacy_roles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OfficialAudience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('requester', models.CharField(choices=[('diaspora_minister', 'Minister for Malians abroad'), ('education_minister', 'Minister for higher education'), ('coordination', 'Coordination')], max_length=20, verbose_name='asked by')),
                ('host', models.CharField(choices=[('prime_minister', 'Prime Minister'), ('head_of_state', 'Head of State'), ('minister', 'Minister')], max_length=20, verbose_name='before')),
                ('state', models.CharField(choices=[('requested', 'Asked for'), ('granted', 'Granted'), ('held', 'Held'), ('declined', 'Not granted')], default='requested', max_length=10, verbose_name='state')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='reference of the letter')),
                ('asked_on', models.DateField(blank=True, null=True, verbose_name='asked on')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='begins')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='ends')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='place')),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='subject')),
                ('outcome', models.TextField(blank=True, max_length=3000, verbose_name='what was said')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audiences', to='events.event')),
            ],
            options={
                'verbose_name': 'official audience',
                'verbose_name_plural': 'official audiences',
                'ordering': ['starts_at', 'pk'],
                'permissions': [('keep_officialaudience', 'Can see and keep official audiences')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AudiencePerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('function', models.CharField(blank=True, max_length=200, verbose_name='function')),
                ('received_as', models.CharField(choices=[('expert', 'Expert of the diaspora'), ('doctor', 'Doctor trained'), ('returned', 'Consultant returned for good'), ('escort', 'Accompanies')], max_length=10, verbose_name='received as')),
                ('audience', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='events.officialaudience')),
            ],
            options={
                'verbose_name': 'person received',
                'verbose_name_plural': 'people received',
                'ordering': ['order', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Stand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('exhibitor', models.CharField(max_length=200, verbose_name='exhibitor')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='what is shown')),
                ('contact_name', models.CharField(blank=True, max_length=200, verbose_name='person in charge')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='telephone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('number', models.CharField(blank=True, max_length=10, verbose_name='number of the stand')),
                ('needs', models.CharField(blank=True, help_text='Tables, chairs, current, connection.', max_length=300, verbose_name='needs')),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('given', 'Stand given'), ('refused', 'Not given')], default='asked', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stands', to='events.event')),
            ],
            options={
                'verbose_name': 'stand',
                'verbose_name_plural': 'stands',
                'ordering': ['number', 'exhibitor', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='StandNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField(verbose_name='when')),
                ('visitors', models.PositiveIntegerField(default=0, verbose_name='visitors')),
                ('leaflets', models.PositiveIntegerField(default=0, verbose_name='leaflets given')),
                ('adhesions', models.PositiveIntegerField(default=0, verbose_name='adhesions')),
                ('personalities', models.TextField(blank=True, max_length=1000, verbose_name='personalities received')),
                ('contacts_met', models.TextField(blank=True, help_text='One to a line: name, structure, telephone, what for.', max_length=2000, verbose_name='contacts to follow')),
                ('remark', models.TextField(blank=True, max_length=1000, verbose_name='remark')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stand_notes', to='events.event')),
            ],
            options={
                'verbose_name': 'note of the stand',
                'verbose_name_plural': 'notes of the stand',
                'ordering': ['at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='officialaudience',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['granted', 'held']), _negated=True), ('starts_at__isnull', False), _connector='OR'), name='events_an_audience_granted_has_an_hour'),
        ),
        migrations.AddConstraint(
            model_name='officialaudience',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='events_an_audience_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='stand',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('event', 'number'), name='events_a_place_in_the_hall_has_one_stand'),
        ),
        migrations.AddConstraint(
            model_name='stand',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), ('number', ''), _connector='OR'), name='events_a_refused_stand_has_no_place'),
        ),
        migrations.AddIndex(
            model_name='standnote',
            index=models.Index(fields=['event', 'at'], name='events_stand_note_by_time'),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
