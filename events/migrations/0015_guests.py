"""Guest lists: who is invited to a date by name. Protocol brings lists of guests in from files."""

import datetime
import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from cms.core.roles import grant

KEEPERS = ("officer", "editor", "protocol", "admin")


def give(apps, schema_editor):
    for group in KEEPERS:
        grant(apps, group, "events", "invitation", "view_invitation", "keep_guests", "export_guests")
    grant(apps, "coordinator", "events", "invitation", "view_invitation")
    grant(apps, "protocol", "contacts", "contact", "import_contact")


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0007_journalists'),
        ('events', '0014_about'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GuestList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer_by', models.DateTimeField(blank=True, null=True, verbose_name='answers until')),
                ('subject_fr', models.CharField(blank=True, max_length=150, verbose_name='subject in French')),
                ('words_fr', models.TextField(blank=True, max_length=4000, verbose_name='words in French')),
                ('subject_en', models.CharField(blank=True, max_length=150, verbose_name='subject in English')),
                ('words_en', models.TextField(blank=True, max_length=4000, verbose_name='words in English')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='reference after the number')),
                ('next_number', models.PositiveIntegerField(default=1, editable=False)),
                ('place', models.CharField(default='Bamako', max_length=60, verbose_name='written at')),
                ('signatory', models.CharField(blank=True, max_length=120, verbose_name='signatory')),
                ('function', models.CharField(blank=True, max_length=160, verbose_name='function of the signatory')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telephone for answers')),
            ],
            options={
                'verbose_name': 'guest list',
                'verbose_name_plural': 'guest lists',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('generation', models.PositiveIntegerField(default=0, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('rank', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='rank in protocol')),
                ('may_bring', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(50)], verbose_name='people the guest may bring')),
                ('may_be_replaced', models.BooleanField(default=True, verbose_name='may send a substitute')),
                ('state', models.CharField(choices=[('to_send', 'Not sent yet'), ('sent', 'No answer yet'), ('accepted', 'Comes'), ('substituted', 'Is represented'), ('declined', 'Does not come'), ('expired', 'Did not answer in time'), ('withdrawn', 'Taken off the list')], default='to_send', max_length=20, verbose_name='state')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('answered_by', models.CharField(blank=True, choices=[('link', 'By the personal link'), ('code', 'By the code of the letter'), ('form', 'By the registration form'), ('phone', 'By telephone'), ('letter', 'By letter'), ('mail', 'By e-mail'), ('in_person', 'In person'), ('staff', 'By the unit')], max_length=20, verbose_name='how')),
                ('answered_with', models.CharField(blank=True, max_length=200, verbose_name='who answered')),
                ('substitute_name', models.CharField(blank=True, max_length=200, verbose_name='substitute')),
                ('substitute_function', models.CharField(blank=True, max_length=200, verbose_name='function of the substitute')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='message')),
                ('number', models.PositiveIntegerField(blank=True, null=True, verbose_name='number of the letter')),
                ('dated', models.DateField(blank=True, null=True, verbose_name='date of the letter')),
                ('handed_at', models.DateTimeField(blank=True, null=True, verbose_name='handed over')),
                ('received_by', models.CharField(blank=True, max_length=200, verbose_name='received by')),
                ('created_at', models.DateTimeField(verbose_name='listed')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['pk'],
                'permissions': [('keep_guests', "Can keep an event's guest list, send invitations and record answers"), ('export_guests', "Can take an event's guest list away in a file or on paper")],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='InvitationRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('save_the_date', 'Save the date'), ('invitation', 'Invitation'), ('ask_again', 'Reminder to who has not answered'), ('remind', 'Reminder to who comes'), ('thanks', 'Thanks to who came')], max_length=20, verbose_name='kind')),
                ('days', models.SmallIntegerField(blank=True, null=True, verbose_name='days before')),
                ('at', models.TimeField(default=datetime.time(9, 0), verbose_name='at')),
                ('words_fr', models.TextField(blank=True, max_length=2000, verbose_name='words in French')),
                ('words_en', models.TextField(blank=True, max_length=2000, verbose_name='words in English')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('done', 'Written'), ('missed', 'Too late, not written'), ('cancelled', 'Cancelled')], default='planned', max_length=20, verbose_name='state')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='written')),
                ('people', models.PositiveIntegerField(default=0, verbose_name='people')),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'round of mails',
                'verbose_name_plural': 'rounds of mails',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='registration',
            name='events_a_registration_has_an_address_or_was_made_by_hand',
        ),
        migrations.AddField(
            model_name='guestlist',
            name='occurrence',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='guest_list', to='events.occurrence', verbose_name='date'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='answered_user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='contact',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='contacts.contact', verbose_name='guest'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='occurrence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='events.occurrence', verbose_name='date'),
        ),
        migrations.AddField(
            model_name='registration',
            name='invitation',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='events.invitation', verbose_name='invitation'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('email', ''), _negated=True), models.Q(('phone', ''), _negated=True), ('invitation__isnull', False), ('confirmed_channel__in', ['letter', 'in_person', 'staff', 'head']), _connector='OR'), name='events_a_registration_has_an_address_or_was_made_by_hand'),
        ),
        migrations.AddField(
            model_name='invitationround',
            name='created_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitationround',
            name='occurrence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='events.occurrence', verbose_name='date'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['occurrence', 'state'], name='events_invitation_by_state'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('occurrence', 'contact'), name='events_a_guest_is_invited_once_to_a_date'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('number__isnull', False)), fields=('occurrence', 'number'), name='events_a_letter_has_its_own_number'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'substituted', 'declined']), _negated=True), models.Q(('answered_at__isnull', False), models.Q(('answered_by', ''), _negated=True)), _connector='OR'), name='events_an_answer_says_when_and_by_which_way'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'substituted'), _negated=True), models.Q(('substitute_name', ''), _negated=True), _connector='OR'), name='events_a_substitute_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('may_bring__lte', 50)), name='events_a_guest_brings_a_bounded_number'),
        ),
        migrations.AddConstraint(
            model_name='invitationround',
            constraint=models.UniqueConstraint(condition=models.Q(('days__isnull', False), ('state', 'planned')), fields=('occurrence', 'kind', 'days'), name='events_a_round_is_planned_once_for_a_day'),
        ),
        migrations.AddConstraint(
            model_name='invitationround',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', False), _connector='OR'), name='events_a_round_written_has_its_date'),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
