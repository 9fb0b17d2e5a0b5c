"""A French text search that folds accents: "féerie" finds "feerie", "missions" finds "mission"."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

CONFIGURATION = """
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_ts_config WHERE cfgname = 'kunnafoni_fr') THEN
    CREATE TEXT SEARCH CONFIGURATION kunnafoni_fr (COPY = french);
    ALTER TEXT SEARCH CONFIGURATION kunnafoni_fr
      ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
  END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION IF EXISTS kunnafoni_fr"),
    ]
