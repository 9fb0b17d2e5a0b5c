from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("press", "0020_wordings_without_files")]
    operations = [
        migrations.AddField(
            model_name="earlycopy",
            name="ground_uid",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
    ]
