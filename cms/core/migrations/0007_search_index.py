"""One index over title and body together: the site's search asks for words that stand in either."""

from django.db import migrations

INDEX = """
CREATE INDEX core_search_title_and_body ON wagtailsearch_indexentry USING gin ((title || body));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_attempt"),
        ("wagtailsearch", "0008_remove_query_and_querydailyhits_models"),
    ]

    operations = [migrations.RunSQL(INDEX, "DROP INDEX IF EXISTS core_search_title_and_body")]
