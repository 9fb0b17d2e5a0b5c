import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_library", "0013_assetdownload")]

    operations = [
        migrations.AddField(
            model_name="blob",
            name="cleaned",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="sources",
                to="media_library.blob",
            ),
        ),
    ]
