"""The program of the child that decodes foreign bytes; see `validators.child`. Never imported by the site.

It reads its order from its one argument and the bytes from its standard input, and writes results to its output.
"""

from __future__ import annotations

import io
import json
import resource
import struct
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO

Result = tuple[dict[str, Any], bytes]


def look(content: IO[bytes], *, form: str) -> Iterator[Result]:
    """Decode a picture once, at an eighth of its size where the format can; say its size and how it is turned."""
    from media_library.storage import pixels

    yield pixels.look(content, form), b""


def sizes(
    content: IO[bytes], *, variants: list[dict[str, Any]], words: dict[str, Any], focus: list[float] | None
) -> Iterator[Result]:
    """The variants of a picture, in the order of `storage.render.render`."""
    from media_library.storage import render
    from media_library.storage.metadata import Credit
    from media_library.storage.presets import Variant

    wanted = [Variant(**variant) for variant in variants]
    point = (focus[0], focus[1]) if focus else None
    for variant, data, extension, (width, height) in render.render_here(
        content, wanted, words=Credit(**words), focus=point
    ):
        yield {"name": variant.name, "extension": extension, "size": [width, height]}, data


def first_page(content: IO[bytes], *, side: int) -> Iterator[Result]:
    """The first page of a PDF as a JPEG of at most `side` pixels, and the number of its pages."""
    from media_library.storage import pixels

    yield pixels.first_page(content, side)


def drawing(content: IO[bytes]) -> Iterator[Result]:
    """An SVG cleaned, and its nominal size."""
    from media_library.storage import drawings

    data, size = drawings.clean_svg(content.read())
    yield {"size": size}, data


def package(content: IO[bytes]) -> Iterator[Result]:
    """An Office file without who wrote it."""
    from media_library.storage import packages

    yield {}, packages.clean_package(content)


def paper(content: BinaryIO) -> Iterator[Result]:
    """A PDF without who wrote it."""
    from media_library.storage import papers

    yield {}, papers.clean_pdf(content)


TASKS: dict[str, Callable[..., Iterator[Result]]] = {
    "look": look,
    "sizes": sizes,
    "drawing": drawing,
    "first_page": first_page,
    "package": package,
    "paper": paper,
}


def give(out: IO[bytes], said: dict[str, Any], data: bytes = b"") -> None:
    """Write one result: the length of its JSON (4 bytes), that of its bytes (8), both."""
    words = json.dumps(said).encode()
    out.write(struct.pack(">IQ", len(words), len(data)) + words + data)


def limit(order: dict[str, Any]) -> None:
    """Bind this process: address space, processor time, what it writes, files it opens, no core dump."""
    for kind, most in (
        (resource.RLIMIT_AS, order["memory"]),
        (resource.RLIMIT_CPU, order["seconds"]),
        (resource.RLIMIT_FSIZE, order["written"]),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def without_the_site() -> None:
    """Let `media_library.storage.…` be found without running the packages' `__init__`, which load Django."""
    root = Path(__file__).resolve().parent.parent
    for name in ("media_library", "media_library.storage", "media_library.validators"):
        module = types.ModuleType(name)
        module.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = module


def main() -> None:
    order = json.loads(sys.argv[1])
    limit(order)
    without_the_site()
    out = sys.stdout.buffer
    content = io.BytesIO(sys.stdin.buffer.read())
    try:
        for said, data in TASKS[order["task"]](content, **order["said"]):
            give(out, said, data)
    except Exception as error:  # a decoder may raise anything on hostile bytes
        starved = isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError)
        give(out, {"error": "limits" if starved else getattr(error, "code", "damaged")})
    out.flush()


if __name__ == "__main__":
    main()
