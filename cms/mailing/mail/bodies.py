"""Blocks of a body as a mail says them: each as (plain text, inner HTML), the text real and not the markup bared."""

from __future__ import annotations

from typing import Any

from django.utils.html import escape

from cms.mailing.mail.placeholders import PLACEHOLDER


def shouted(text: str) -> str:
    """A heading of a plain text, in capitals; placeholders stay what they are."""
    parts = PLACEHOLDER.split(text)
    return "".join(f"[[{part}]]" if place % 2 else part.upper() for place, part in enumerate(parts))


def heading(value: Any) -> tuple[str, str]:
    """A heading."""
    return shouted(str(value)), f"<h2>{escape(value)}</h2>"


def quote(value: Any) -> tuple[str, str]:
    """Words spoken, and by whom."""
    who = value["speaker"] + (f", {value['function']}" if value["function"] else "")
    text = f"« {value['text']} »\n— {who}"
    return text, f"<blockquote><p>« {escape(value['text'])} »<br>— {escape(who)}</p></blockquote>"


def figures(value: Any) -> tuple[str, str]:
    """Key figures, one a line."""
    lines = [f"{one['value']} : {one['label']}" for one in value["figures"]]
    title = f"{value['title']}\n" if value["title"] else ""
    items = "".join(
        f"<li><strong>{escape(one['value'])}</strong> : {escape(one['label'])}</li>"
        for one in value["figures"]
    )
    head = f"<h3>{escape(value['title'])}</h3>" if value["title"] else ""
    return title + "\n".join(f"- {line}" for line in lines), f"{head}<ul>{items}</ul>"


def table(value: Any) -> tuple[str, str]:
    """A table; as text one line a row, each cell under its column's name."""
    header, rows = list(value["header"]), [list(row) for row in value["rows"]]
    text = "\n".join(
        [
            value["caption"],
            *("- " + " ; ".join(f"{h} : {c}" for h, c in zip(header, row, strict=False)) for row in rows),
        ]
    )
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return text, f"<h3>{escape(value['caption'])}</h3><table><tr>{head}</tr>{body}</table>"


def timeline(value: Any) -> tuple[str, str]:
    """Steps with their dates."""
    title = value["title"]
    text = "\n".join(
        [*([title] if title else []), *(f"- {one['date']} : {one['text']}" for one in value["items"])]
    )
    items = "".join(
        f"<li><strong>{escape(one['date'])}</strong> : {escape(one['text'])}</li>" for one in value["items"]
    )
    return text, (f"<h3>{escape(title)}</h3>" if title else "") + f"<ul>{items}</ul>"
