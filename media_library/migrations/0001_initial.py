
import django.core.validators
import django.db.models.deletion
import media_library.models.rows
import media_library.storage.files
import modelsearch.index
import taggit.managers
import uuid
import wagtail.images.models
import wagtail.models.media
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('taggit', '0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Archive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('manifest', models.CharField(max_length=64, unique=True)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('size', models.PositiveBigIntegerField()),
                ('name', models.CharField(max_length=160)),
                ('entry_count', models.PositiveIntegerField()),
                ('built_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'archive',
                'verbose_name_plural': 'archives',
            },
        ),
        migrations.CreateModel(
            name='Blob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('size', models.PositiveBigIntegerField()),
                ('content_type', models.CharField(max_length=120)),
                ('name', models.CharField(max_length=160)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('unused_since', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'stored file',
                'verbose_name_plural': 'stored files',
                'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='media_library_blob_holds_bytes'), models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='media_library_blob_is_named_by_sha256')],
            },
        ),
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('image', 'Picture'), ('document', 'Document'), ('audio', 'Sound'), ('video', 'Film')], max_length=10)),
                ('filename', models.CharField(max_length=160)),
                ('title', models.CharField(max_length=255, verbose_name='title')),
                ('credit', models.CharField(blank=True, max_length=200, verbose_name='credit')),
                ('copyright', models.CharField(blank=True, max_length=200, verbose_name='copyright')),
                ('licence', models.CharField(choices=[('press', 'Free for the press, with the credit'), ('cc-by-4.0', 'Creative Commons BY 4.0'), ('cc-by-sa-4.0', 'Creative Commons BY-SA 4.0'), ('public-domain', 'Public domain'), ('reserved', 'All rights reserved')], default='press', max_length=20, verbose_name='licence')),
                ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='taken on')),
                ('place', models.CharField(blank=True, max_length=160, verbose_name='place')),
                ('released_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='rights end on')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('withdrawn_reason', models.TextField(blank=True, editable=False, verbose_name='reason for the withdrawal')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('uploaded_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assets', to='media_library.blob')),
            ],
            options={
                'verbose_name': 'library item',
                'verbose_name_plural': 'library items',
                'permissions': [('release_asset', 'Can make library items public'), ('withdraw_asset', 'Can withdraw library items'), ('see_unreleased_asset', 'Can see library items that are not public')],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('source_uid', models.UUIDField(db_index=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='media_library.asset')),
            ],
            options={
                'verbose_name': 'hold',
                'verbose_name_plural': 'holds',
            },
        ),
        migrations.CreateModel(
            name='LibraryDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=255, verbose_name='title')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('file_size', models.PositiveBigIntegerField(editable=False, null=True)),
                ('file_hash', models.CharField(blank=True, editable=False, max_length=40)),
                ('file', models.FileField(max_length=255, storage=media_library.storage.files.originals, upload_to=media_library.models.rows.place, verbose_name='file')),
                ('asset', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='document', to='media_library.asset')),
                ('collection', models.ForeignKey(default=wagtail.models.media.get_root_collection_id, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.collection', verbose_name='collection')),
                ('tags', taggit.managers.TaggableManager(blank=True, help_text=None, through='taggit.TaggedItem', to='taggit.Tag', verbose_name='tags')),
                ('uploaded_by_user', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='uploaded by user')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'permissions': [('choose_document', 'Can choose document')],
                'abstract': False,
            },
            bases=(media_library.models.rows.LibraryFile, modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='LibraryImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=255, verbose_name='title')),
                ('description', models.CharField(blank=True, default='', max_length=255, verbose_name='description')),
                ('width', models.IntegerField(editable=False, verbose_name='width')),
                ('height', models.IntegerField(editable=False, verbose_name='height')),
                ('created_at', models.DateTimeField(auto_now_add=True, db_index=True, verbose_name='created at')),
                ('focal_point_x', models.PositiveIntegerField(blank=True, null=True)),
                ('focal_point_y', models.PositiveIntegerField(blank=True, null=True)),
                ('focal_point_width', models.PositiveIntegerField(blank=True, null=True)),
                ('focal_point_height', models.PositiveIntegerField(blank=True, null=True)),
                ('file_size', models.PositiveIntegerField(editable=False, null=True)),
                ('file_hash', models.CharField(blank=True, db_index=True, editable=False, max_length=40)),
                ('file', media_library.models.rows.HeaderImageField(height_field='height', max_length=255, storage=media_library.storage.files.originals, upload_to=wagtail.images.models.get_upload_to, verbose_name='file', width_field='width')),
                ('prepared_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('asset', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='image', to='media_library.asset')),
                ('collection', models.ForeignKey(default=wagtail.models.media.get_root_collection_id, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.collection', verbose_name='collection')),
                ('tags', taggit.managers.TaggableManager(blank=True, help_text=None, through='taggit.TaggedItem', to='taggit.Tag', verbose_name='tags')),
                ('uploaded_by_user', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='uploaded by user')),
            ],
            options={
                'verbose_name': 'picture',
                'verbose_name_plural': 'pictures',
                'permissions': [('choose_image', 'Can choose image')],
                'base_manager_name': 'objects',
            },
            bases=(media_library.models.rows.LibraryFile, wagtail.images.models.ImageFileMixin, modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='LibraryMedia',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=255, verbose_name='title')),
                ('type', models.CharField(choices=[('audio', 'Audio file'), ('video', 'Video file')], max_length=255)),
                ('duration', models.FloatField(blank=True, default=0, help_text='Duration in seconds', validators=[django.core.validators.MinValueValidator(0)], verbose_name='duration')),
                ('width', models.PositiveIntegerField(blank=True, null=True, verbose_name='width')),
                ('height', models.PositiveIntegerField(blank=True, null=True, verbose_name='height')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('file', models.FileField(max_length=255, storage=media_library.storage.files.originals, upload_to=media_library.models.rows.place, verbose_name='file')),
                ('thumbnail', models.FileField(blank=True, max_length=255, storage=media_library.storage.files.originals, upload_to=media_library.models.rows.place, verbose_name='picture shown before playing')),
                ('asset', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='media', to='media_library.asset')),
                ('collection', models.ForeignKey(default=wagtail.models.media.get_root_collection_id, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.collection', verbose_name='collection')),
                ('poster', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posters', to='media_library.blob')),
                ('tags', taggit.managers.TaggableManager(blank=True, help_text=None, through='taggit.TaggedItem', to='taggit.Tag', verbose_name='tags')),
                ('uploaded_by_user', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='uploaded by user')),
            ],
            options={
                'verbose_name': 'sound or film',
                'verbose_name_plural': 'sounds and films',
            },
            bases=(media_library.models.rows.LibraryFile, modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='LibraryRendition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filter_spec', models.CharField(db_index=True, max_length=255)),
                ('width', models.IntegerField(editable=False)),
                ('height', models.IntegerField(editable=False)),
                ('focal_point_key', models.CharField(blank=True, default='', editable=False, max_length=16)),
                ('file', media_library.models.rows.HeaderImageField(height_field='height', max_length=160, storage=media_library.storage.files.renditions, upload_to='', width_field='width')),
                ('sha256', models.CharField(max_length=64)),
                ('file_size', models.PositiveIntegerField()),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='renditions', to='media_library.libraryimage')),
            ],
            options={
                'verbose_name': 'size of a picture',
                'verbose_name_plural': 'sizes of pictures',
            },
            bases=(wagtail.images.models.ImageFileMixin, models.Model),
        ),
        migrations.CreateModel(
            name='AssetText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('alt', models.CharField(blank=True, max_length=300, verbose_name='alternative text')),
                ('caption', models.TextField(blank=True, max_length=1000, verbose_name='caption')),
                ('decorative', models.BooleanField(default=False, verbose_name='decorative')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='media_library.asset')),
                ('locale', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale')),
            ],
            options={
                'verbose_name': 'words of a library item',
                'verbose_name_plural': 'words of library items',
                'constraints': [models.UniqueConstraint(fields=('asset', 'locale'), name='media_library_assettext_is_one_in_a_language'), models.CheckConstraint(condition=models.Q(('decorative', False), ('alt', ''), _connector='OR'), name='media_library_assettext_decorative_says_nothing')],
            },
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(fields=['kind', '-released_at'], name='media_library_newest_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__isnull', True), ('released_at__isnull', True), ('expires_at__gt', models.F('released_at')), _connector='OR'), name='media_library_asset_expires_after_its_release'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', True), models.Q(('withdrawn_reason', ''), _negated=True), _connector='OR'), name='media_library_asset_is_withdrawn_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(fields=('asset', 'source_uid'), name='media_library_hold_is_one_per_source'),
        ),
        migrations.AddConstraint(
            model_name='libraryrendition',
            constraint=models.UniqueConstraint(fields=('image', 'filter_spec', 'focal_point_key'), name='media_library_rendition_is_one_per_size'),
        ),
    ]
