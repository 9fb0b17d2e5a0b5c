"""A call for papers: abstracts, authors, reviewers; who may keep it."""

import django.db.models.deletion
import events.models.abstracts
import uuid
from django.conf import settings
from django.db import migrations, models

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("officer", "editor", "admin"):
        grant(apps, group, "events", "call", "manage_papers")


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0007_journalists'),
        ('events', '0004_audience_of_a_link'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opens_at', models.DateTimeField(verbose_name='opens')),
                ('closes_at', models.DateTimeField(verbose_name='closes')),
                ('reviews_until', models.DateField(blank=True, null=True, verbose_name='reviews are due on')),
                ('revise_until', models.DateField(blank=True, null=True, verbose_name='revised abstracts are due on')),
                ('blind', models.BooleanField(default=True, help_text='Neither names nor files are shown to them, since files often name their authors.', verbose_name='reviewers do not see who wrote')),
                ('wanted', models.PositiveSmallIntegerField(default=2, verbose_name='reviews of each abstract')),
                ('most_words', models.PositiveSmallIntegerField(default=300, verbose_name='words of an abstract at most')),
                ('themes', models.TextField(blank=True, help_text='One to a line.', max_length=2000, verbose_name='themes')),
                ('prizes', models.TextField(blank=True, help_text='One to a line; awarded after the conference.', max_length=1000, verbose_name='prizes')),
                ('words_fr', models.TextField(blank=True, max_length=3000, verbose_name='text of the call in French')),
                ('words_en', models.TextField(blank=True, max_length=3000, verbose_name='text of the call in English')),
                ('book_public', models.BooleanField(default=False, help_text="The event's page then leads to it. Only abstracts whose speaker comes are in it.", verbose_name='the book of abstracts is public')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='call', to='events.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'call for papers',
                'verbose_name_plural': 'calls for papers',
                'permissions': [('manage_papers', 'Can keep a call for papers: reviewers, decisions, book of abstracts')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Reviewer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('generation', models.PositiveIntegerField(default=0, editable=False)),
                ('themes', models.TextField(blank=True, help_text='One to a line; empty for all.', verbose_name='themes')),
                ('written_at', models.DateTimeField(blank=True, null=True, verbose_name='written to')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviewers', to='events.call')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contacts.contact', verbose_name='contact')),
            ],
            options={
                'verbose_name': 'reviewer',
                'verbose_name_plural': 'reviewers',
                'ordering': ['contact__name', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('generation', models.PositiveIntegerField(default=0, editable=False)),
                ('key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('number', models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='number')),
                ('state', models.CharField(choices=[('pending', 'Address to be confirmed'), ('submitted', 'Received'), ('revise', 'To be revised'), ('accepted', 'Accepted'), ('confirmed', 'Speaker comes'), ('rejected', 'Not kept'), ('withdrawn', 'Withdrawn')], default='pending', max_length=20, verbose_name='state')),
                ('language', models.CharField(default='fr', max_length=10, verbose_name='language')),
                ('name', models.CharField(max_length=200, verbose_name='who writes to us')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('title_fr', models.CharField(blank=True, max_length=300, verbose_name='title in French')),
                ('title_en', models.CharField(blank=True, max_length=300, verbose_name='title in English')),
                ('abstract_fr', models.TextField(blank=True, verbose_name='abstract in French')),
                ('abstract_en', models.TextField(blank=True, verbose_name='abstract in English')),
                ('theme', models.CharField(blank=True, max_length=200, verbose_name='theme')),
                ('form', models.CharField(choices=[('talk', 'Talk'), ('poster', 'Poster'), ('symposium', 'Mini-symposium'), ('plenary', 'Plenary')], default='talk', max_length=20, verbose_name='form')),
                ('file', models.FileField(blank=True, storage=events.models.abstracts.paper_storage, upload_to=events.models.abstracts.paper_name, verbose_name='file')),
                ('created_at', models.DateTimeField(verbose_name='sent')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('decision_note', models.TextField(blank=True, max_length=2000, verbose_name='word to the authors')),
                ('prize', models.CharField(blank=True, max_length=200, verbose_name='prize')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='events.call')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'abstract',
                'verbose_name_plural': 'abstracts',
                'ordering': ['number', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(blank=True, choices=[('accept', 'Accept'), ('revise', 'Ask to revise'), ('reject', 'Do not keep')], max_length=10, verbose_name='verdict')),
                ('note', models.TextField(blank=True, max_length=3000, verbose_name='word to the authors')),
                ('private_note', models.TextField(blank=True, max_length=3000, verbose_name='word to the committee alone')),
                ('conflict', models.CharField(blank=True, max_length=300, verbose_name='conflict of interest')),
                ('judged_version', models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ('assigned_at', models.DateTimeField(verbose_name='given')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='judged')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='events.reviewer')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='events.submission')),
            ],
            options={
                'verbose_name': 'review',
                'verbose_name_plural': 'reviews',
                'ordering': ['assigned_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Author',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('organisation', models.CharField(blank=True, max_length=200, verbose_name='organisation')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('presents', models.BooleanField(default=False, verbose_name='presents it')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='authors', to='events.submission')),
            ],
            options={
                'verbose_name': 'author',
                'verbose_name_plural': 'authors',
                'ordering': ['order'],
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='events_a_call_closes_after_it_opens'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('wanted__gte', 1), ('wanted__lte', 5)), name='events_a_call_wants_one_to_five_reviews'),
        ),
        migrations.AddConstraint(
            model_name='reviewer',
            constraint=models.UniqueConstraint(fields=('call', 'contact'), name='events_a_reviewer_is_named_once_in_a_call'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['call', 'state'], name='events_paper_by_state'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.UniqueConstraint(fields=('call', 'number'), name='events_a_number_is_given_to_one_abstract'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('title_fr', ''), _negated=True), models.Q(('abstract_fr', ''), _negated=True)), models.Q(models.Q(('title_en', ''), _negated=True), models.Q(('abstract_en', ''), _negated=True)), _connector='OR'), name='events_an_abstract_is_whole_in_one_language'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'pending'), ('number__isnull', False), _connector='OR'), name='events_an_abstract_received_has_a_number'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['revise', 'accepted', 'confirmed', 'rejected']), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='events_a_verdict_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('prize', ''), ('state', 'confirmed'), _connector='OR'), name='events_a_prize_goes_to_who_came'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('submission', 'reviewer'), name='events_a_reviewer_judges_an_abstract_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('verdict', ''), models.Q(('conflict', ''), ('done_at__isnull', False)), _connector='OR'), name='events_who_has_a_conflict_gives_no_verdict'),
        ),
        migrations.AddConstraint(
            model_name='author',
            constraint=models.UniqueConstraint(fields=('submission', 'order'), name='events_authors_sign_in_an_order'),
        ),
        migrations.AddConstraint(
            model_name='author',
            constraint=models.UniqueConstraint(condition=models.Q(('presents', True)), fields=('submission',), name='events_one_author_presents'),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
