"""Every template of ours compiles: a missing tag or filter is found here, not by an officer."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOTS = [
    path
    for path in Path(settings.BASE_DIR).glob("**/templates")
    if not {".venv", "site-packages"} & set(path.parts)
]
TEMPLATES = sorted(
    str(path.relative_to(root)) for root in ROOTS for path in root.rglob("*") if path.is_file()
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name):
    assert get_template(name)


def test_there_are_templates_to_compile():
    assert len(TEMPLATES) > 60
