"""Take what was said of files out of the kept wordings: whether it may be read is asked anew each time, of these never.

Wordings kept before that rule name pictures, documents, sounds and films in a line of their own each ("[Image : …]"),
which the public history of a corrected release would go on showing after the file was withdrawn or held back.
"""

import re

from django.db import migrations

# as `press.exports.words` said them, in the languages that releases are in
_FILE = re.compile(r"\[(?:Image|Picture|Document à télécharger|Document to download|Son|Sound|Film) : ")


def without_files(text: str) -> str:
    """The paragraphs of a wording that tell of no file; what follows such a line in its paragraph is its transcript."""
    return "\n\n".join(part for part in text.split("\n\n") if not _FILE.match(part))


def forwards(apps, schema_editor):
    wordings = apps.get_model("press", "Wording").objects
    last = {}
    for row in wordings.order_by("release_id", "language", "at", "pk").iterator():
        text, of = without_files(row.text), (row.release_id, row.language)
        if last.get(of) == text:
            row.delete()  # nothing but a file told it from the one before: the same words twice are one row
        elif text != row.text:
            row.text = text
            row.save(update_fields=["text"])
        last[of] = text


class Migration(migrations.Migration):
    dependencies = [("press", "0019_correction_roles")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
