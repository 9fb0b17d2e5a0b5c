"""Every change of state writes all indexes of a delivery: keep those that are read, and room beside each row."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailing", "0011_limits_roles")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="mailing",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="mailing.mailing",
            ),
        ),
        migrations.AlterField(
            model_name="delivery", name="message_id", field=models.CharField(max_length=255)
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("message_id",), name="mailing_delivery_message_id_is_its_own"
            ),
        ),
        migrations.AlterField(
            model_name="sender",
            name="connections",
            field=models.PositiveSmallIntegerField(
                default=4,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(20),
                ],
                verbose_name="simultaneous connections",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE mailing_delivery SET (fillfactor = 80)",
            "ALTER TABLE mailing_delivery RESET (fillfactor)",
        ),
    ]
