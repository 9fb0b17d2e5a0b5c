"""A kit of 105 MB: built, served and resumed, beside nginx's sendfile in the same run. JSON lines, as `make bench`."""

from __future__ import annotations

import ctypes
import gc
import hashlib
import io
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from cms.core import clock
from media_library import actions as library
from press import actions
from press.models import KitArchive
from tests.factories.core import NOON
from tests.factories.media_library import make_asset
from tests.factories.press import make_kit, make_room
from tests.support.downloads import ask, cpu_seconds, take, web

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
MEGABYTE, FILES, ROUNDS, THREADS = 1_000_000, 25, 20, 24


def say(bench: str, value: float, unit: str, against: float) -> None:
    ratio = round(value / against, 4) if against else None
    print(
        json.dumps(
            {
                "bench": bench,
                "value": round(value, 4),
                "unit": unit,
                "against": round(against, 4),
                "ratio": ratio,
            }
        )
    )


def report(number: int) -> Any:
    """A document of 4.2 MB that nothing can make smaller."""
    pdf, body = pikepdf.new(), io.BytesIO()
    page = pdf.add_blank_page(page_size=(595, 842))
    picture = pdf.make_stream(os.urandom(4_200_000))
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height, picture.BitsPerComponent = 1400, 1000, 8
    picture.ColorSpace = pikepdf.Name.DeviceRGB
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    pdf.save(body)
    return make_asset(body.getvalue(), f"rapport-{number:02d}.pdf", now=clock.now())


def peak_of(work: Callable[[], Any]) -> tuple[Any, float]:
    """What `work` returns, and the megabytes that this process grew by meanwhile at most (Linux)."""

    def status(name: str) -> float:
        line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith(name))
        return int(line.split()[1]) / 1024

    # What was freed before goes back to the system, or the work would hide in it.
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    found = work()
    return found, status("VmHWM") - before


def test_an_archive_is_built_in_little_time_and_memory(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    entries = [library.Entry(report(number), folder="2-documents") for number in range(FILES)]
    library.build_archive(entries=entries[:1], now=NOON)  # what is imported once
    wall, cpu = time.perf_counter(), time.process_time()
    archive, grown = peak_of(lambda: library.build_archive(entries=entries, now=NOON))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    hundred = archive.size / (100 * MEGABYTE)
    began = time.perf_counter()
    shutil.copyfile(archive.path, tmp_path / "copy.zip")
    copied = time.perf_counter() - began
    say("kit.build_of_100_MB", wall / hundred, "s", copied / hundred)
    say("kit.build_of_100_MB_cpu", cpu / hundred, "cpu_s", 0.5)
    say("kit.build_of_100_MB_memory", grown, "MB", 30)
    assert archive.size > 104 * MEGABYTE
    assert grown < 60


def test_a_kit_is_finished_over_a_bad_line_and_served_at_little_more_than_sendfile(
    settings: Any, tmp_path: Path
) -> None:
    media = settings.MEDIA_ROOT = tmp_path / "media"
    page = make_kit(make_room(), assets=[report(number) for number in range(FILES)])
    actions.build_archives(page.kit, now=clock.now())
    row = KitArchive.objects.select_related("archive").get(kit=page.kit, tier="press")
    path, size = page.public_path + row.own_name, row.archive.size
    spent: dict[str, float] = {}
    with web(tmp_path, media=media, accel=True) as (address, web_pid):
        nginx_pid = int((tmp_path / "nginx" / "nginx.pid").read_text())

        def cpu(place: str) -> float:
            began = cpu_seconds(web_pid) + cpu_seconds(nginx_pid)
            for _ in range(ROUNDS):
                take(address, place, drop_every=1 << 40)
            return (cpu_seconds(web_pid) + cpu_seconds(nginx_pid) - began) / ROUNDS

        resumed = take(address, path, drop_every=25 * MEGABYTE)
        assert hashlib.sha256(resumed.data).hexdigest() == row.archive.digest
        say("kit.wire_with_drops_of_25_MB.nginx", resumed.wire, "bytes", size)
        warm(address, path)
        spent["sendfile"] = cpu_static(cpu, row)
        spent["nginx"] = cpu(path)
    with web(tmp_path, media=media) as (address, web_pid):
        again = take(address, path, drop_every=25 * MEGABYTE)
        say("kit.wire_with_drops_of_25_MB.own", again.wire, "bytes", size)
        warm(address, path)
        began = cpu_seconds(web_pid)
        for _ in range(ROUNDS):
            take(address, path, drop_every=1 << 40)
        spent["own"] = (cpu_seconds(web_pid) - began) / ROUNDS
    say("kit.cpu_of_serving.nginx", spent["nginx"], "cpu_s", spent["sendfile"])
    say("kit.cpu_of_serving.own", spent["own"], "cpu_s", spent["sendfile"])
    assert resumed.wire <= 1.05 * size
    assert again.wire <= 1.05 * size


def warm(address: str, path: str) -> None:
    """The page cache, what is imported once, and the database connection that each thread opens and keeps."""
    take(address, path, drop_every=1 << 40)
    for _ in range(3 * THREADS):
        ask(address, path, "HEAD")


def cpu_static(cpu: Callable[[str], float], row: Any) -> float:
    """The same bytes as a plain file of nginx's: the limit."""
    return cpu(f"/static/archives/{row.archive.name}")
