"""Many pages at once, by SQL: what a press room holds after twenty years, in seconds."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from treebeard.mp_tree import MP_Node

from cms.core.models import Topic
from press.models import ReleasePage

# Words of the plan's sectors: each stands in a seventh of the texts, "Mali" in all.
SUBJECTS = ("éducation", "agriculture", "santé", "télémédecine", "universités", "entreprises", "énergies")


def _path(above: str, number: int) -> str:
    return above + str(MP_Node._int2str(number)).zfill(MP_Node.steplen)


def _insert(table: str, key: str, source: int, changes: dict[str, str]) -> None:
    """Copy one row of `table` for each row of `many`, with the columns of `changes` said in SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall() if name in changes or name != "id"]
        said = ", ".join(changes.get(name, f'source."{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {said} FROM {table} source, many "  # noqa: S608
            f'WHERE source."{key}" = %s',
            [source],
        )


def copies(page: ReleasePage, count: int, *, topics: Sequence[Topic] = ()) -> None:
    """Put `count` copies of a published release beside it: own numbers, slugs, dates, subjects and index entries.

    Each has one of the `topics` in turn.
    """
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE many (n int PRIMARY KEY, page int, release bigint, path text)")
        cursor.execute("SELECT max(id) FROM wagtailcore_page")
        pages = cursor.fetchone()[0]
        cursor.execute("SELECT max(id) FROM press_release")
        releases = cursor.fetchone()[0]
        parent = page.get_parent()
        first = parent.numchild + 1
        rows = [(n, pages + n, releases + n, _path(parent.path, first + n)) for n in range(1, count + 1)]
        cursor.executemany("INSERT INTO many VALUES (%s, %s, %s, %s)", rows)
        for table, key in (("wagtailcore_page", pages), ("press_release", releases)):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, key + count])
    at = "now() - interval '1 day' - n * interval '4 hours'"
    subjects = "ARRAY[" + ", ".join(f"'{one}'" for one in SUBJECTS) + "]"
    subject = f"({subjects})[1 + mod(n, {len(SUBJECTS)})]"
    title = f"'Communiqué ' || n || ' : ' || {subject} || ' au Mali'"
    _insert(
        "press_release",
        "id",
        page.release_id,
        {"id": "release", "uid": "gen_random_uuid()", "number": "10000 + n", "year": "2000 + mod(n, 20)"},
    )
    _insert(
        "wagtailcore_page",
        "id",
        page.pk,
        {
            "id": "page",
            "path": "many.path",
            "slug": "'texte-' || n",
            "url_path": f"'{parent.url_path}texte-' || n || '/'",
            "title": title,
            "draft_title": title,
            "translation_key": "gen_random_uuid()",
            "live_revision_id": "NULL",
            "latest_revision_id": "NULL",
            "first_published_at": at,
            "last_published_at": at,
        },
    )
    thing = "(SELECT uid FROM press_release WHERE id = release)"
    _insert(
        "core_sitepage",
        "page_ptr_id",
        page.pk,
        {"page_ptr_id": "page", "uid": "gen_random_uuid()", "thing_uid": thing, "public_from": at},
    )
    _insert(
        "press_releasepage", "sitepage_ptr_id", page.pk, {"sitepage_ptr_id": "page", "release_id": "release"}
    )
    with connection.cursor() as cursor:
        kind = ContentType.objects.get_for_model(ReleasePage)
        cursor.execute(
            f"""INSERT INTO wagtailsearch_indexentry
                (object_id, content_type_id, title_norm, autocomplete, title, body, title_text, body_text)
            SELECT page::text, %s, 1, to_tsvector('simple', {title}),
                setweight(to_tsvector('kunnafoni_fr', {title}), 'A'),
                to_tsvector('kunnafoni_fr', 'mission des experts de la diaspora à Bamako ' || {subject}), {title}, ''
            FROM many""",  # noqa: S608
            [kind.pk],
        )
        cursor.execute(
            "UPDATE wagtailcore_page SET numchild = numchild + %s WHERE id = %s", [count + 1, parent.pk]
        )
        for place, topic in enumerate(topics):
            cursor.execute(
                "INSERT INTO press_releasepage_topics (releasepage_id, topic_id) "
                "SELECT page, %s FROM many WHERE mod(n, %s) = %s",
                [topic.pk, len(topics), place],
            )
        cursor.execute("DROP TABLE many")
        for table in (
            "wagtailcore_page",
            "core_sitepage",
            "press_releasepage",
            "press_release",
            "wagtailsearch_indexentry",
            "press_releasepage_topics",
        ):
            cursor.execute(f"ANALYZE {table}")
