"""Badges in English too; speakers have a language and a badge of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', "0031_categories_of_guests"),
    ]

    operations = [
        migrations.AddField(
            model_name='badgetemplate',
            name='foot_en',
            field=models.CharField(blank=True, max_length=80, verbose_name='in the band of colour, in English'),
        ),
        migrations.AddField(
            model_name='badgetemplate',
            name='heading_en',
            field=models.CharField(blank=True, max_length=120, verbose_name='above the name, in English'),
        ),
        migrations.AddField(
            model_name='badgetemplate',
            name='lines_en',
            field=models.TextField(blank=True, max_length=400, verbose_name='below the name, in English'),
        ),
        migrations.AddField(
            model_name='speaker',
            name='badge_printed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='badge printed'),
        ),
        migrations.AddField(
            model_name='speaker',
            name='language',
            field=models.CharField(choices=[('fr', 'French'), ('en', 'English')], default='fr', max_length=10, verbose_name='language'),
        ),
    ]
