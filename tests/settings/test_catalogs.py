"""The interface is whole in French: every word that code or template marks for translation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# The virtual environment of a clone stands inside it: what is installed there is not ours.
OURS = [
    config
    for config in apps.get_app_configs()
    if Path(config.path).is_relative_to(ROOT) and "site-packages" not in Path(config.path).parts
]


def words(catalog: Path) -> dict[tuple[str, str], polib.POEntry]:
    found = polib.pofile(str(catalog)) if catalog.exists() else []
    return {(entry.msgctxt or "", entry.msgid): entry for entry in found if not entry.obsolete}


@pytest.mark.parametrize("config", OURS, ids=lambda config: config.label)
def test_the_french_catalog_has_every_word_of(config, tmp_path):
    folder = Path(config.path)
    copy = tmp_path / config.label
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("locale", "__pycache__", "static", "data"))
    (copy / "locale").mkdir()
    made = subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "fr", "--no-location", "-v", "0"],
        cwd=copy,
        env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    used = words(copy / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    ours = words(folder / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    missing = [msgid for (_context, msgid) in used.keys() - ours.keys()]
    assert not missing, f"{len(missing)} not in {config.label}'s French catalog: {sorted(missing)[:20]}"


@pytest.mark.parametrize("config", OURS, ids=lambda config: config.label)
def test_no_french_word_is_empty_or_fuzzy_in(config):
    entries = words(Path(config.path) / "locale" / "fr" / "LC_MESSAGES" / "django.po").values()
    wrong = [entry.msgid for entry in entries if not entry.translated()]
    assert not wrong, wrong[:20]


@pytest.mark.parametrize("config", OURS, ids=lambda config: config.label)
def test_no_word_stands_twice_in_the_french_catalog_of(config):
    """Gettext's own tools refuse such a file, and of two translations nobody knows which is read."""
    found = polib.pofile(Path(config.path) / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    number = Counter((entry.msgctxt, entry.msgid) for entry in found if not entry.obsolete)
    twice = [msgid for (_context, msgid), times in number.items() if times > 1]
    assert not twice, twice


@pytest.mark.parametrize("config", OURS, ids=lambda config: config.label)
def test_french_has_one_form_for_one_and_one_for_many_in(config):
    found = polib.pofile(Path(config.path) / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    assert found.metadata.get("Plural-Forms", "").startswith("nplurals=2;")
    wrong = [entry.msgid for entry in found if entry.msgid_plural and len(entry.msgstr_plural) != 2]
    assert not wrong, wrong[:20]


def test_bambara_is_ready_to_be_switched_on():
    from django.utils import translation

    assert "bm" in dict(settings.LANGUAGES)
    with translation.override("bm"):
        assert translation.get_language() == "bm"
        assert translation.get_language_info("bm")["name_local"] == "Bamanankan"
    assert translation.check_for_language("bm")
