"""Text pasted from Word, in a browser: a real paste into the rich text of a body, saved with the editor's button."""

from __future__ import annotations

import re
from typing import Any

import pytest

from press.models import ReleasePage
from tests.factories.press import make_release, make_room
from tests.support.journeys import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

#: What Word 2016 lays on the clipboard, shortened: conditional comments, a style sheet, smart tags, a nested table.
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"
xmlns:st1="urn:schemas-microsoft-com:office:smarttags" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {mso-style-unhide:no; font-family:"Calibri",sans-serif; color:red;} --></style></head>
<body lang=FR style='tab-interval:35.4pt'><!--StartFragment-->
<h1 style='mso-pagination:widow-orphan'><span style='font-family:"Cambria"'>Titre de Word<o:p></o:p></span></h1>
<p class=MsoNormal style='margin-bottom:8.0pt;text-align:justify'><span lang=FR style='font-size:14.0pt;
mso-fareast-font-family:"Times New Roman";color:#C00000'>Le programme a <b style='mso-bidi-font-weight:normal'>vingt
ans</b> et reçoit à <st1:City w:st="on"><st1:place w:st="on">Ségou</st1:place></st1:City>.<o:p></o:p></span></p>
<p class=MsoNormal><font face="Comic Sans MS" size=5 color=red>Des experts <i>de la diaspora</i></font> et
<a href="https://www.example.org/liste" style='mso-style-priority:99'><span style='color:#0563C1'>leur liste</span></a>
<!-- [if supportFields]> FIELD <![endif]--><span style='mso-spacerun:yes'>  </span>suivront.<o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>Premier point<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='font-family:"Courier New"'><span style='mso-list:Ignore'>o<span style='font:7.0pt "Times New Roman"'>&nbsp;
</span></span></span><![endif]>Dessous<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l1 level1 lfo2'><![if !supportLists]><span
style='mso-list:Ignore'>2.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Numéroté<o:p>
</o:p></p>
<table class=MsoTableGrid border=1 style='border-collapse:collapse;mso-yfti-tbllook:1184'><tr style='mso-yfti-irow:0'>
<td width=312 style='padding:0cm 5.4pt'><table><tr><td><p class=MsoNormal>Secteur<o:p></o:p></p></td></tr></table></td>
<td><p class=MsoNormal onclick="alert(1)">Santé<o:p></o:p></p></td></tr></table>
<p class=MsoNormal><img src="file:///C:/Users/awa/msohtmlclip1/01/clip_image002.png" width=10 onerror="alert(2)"
alt=""><a href="javascript:alert(3)">Fin.</a></p><!--EndFragment--></body></html>"""
PLAIN = "Le programme a vingt ans"
#: What Word does at Ctrl+C: both forms of the words on the browser's own clipboard, as they are.
COPY = """([html, plain]) => document.addEventListener("copy", (event) => {
  event.clipboardData.setData("text/html", html);
  event.clipboardData.setData("text/plain", plain);
  event.preventDefault();
}, {once: true})"""
#: The tags that the rich text of a body is written with, each with the attributes it may have.
ALLOWED: dict[str, set[str]] = {
    **{name: {"data-block-key"} for name in ("p", "h3", "ol", "ul", "li")},
    **{name: set() for name in ("b", "i", "sup", "br")},
    "a": {"href", "linktype", "id"},
}


def strangers(html: str) -> list[str]:
    """The tags of stored rich text that its editor may not write, or that have an attribute of another hand."""
    found = []
    for tag in re.findall(r"<[^>]*>", html):
        name = re.match(r"</?([\w:!-]*)", tag)
        attributes = set(re.findall(r"\s([\w:-]+)\s*=", tag))
        if name is None or not attributes <= ALLOWED.get(name[1], {"nothing"}) or name[1] not in ALLOWED:
            found.append(tag)
    return found


def stored(page: ReleasePage) -> str:
    """The body's first block as the newest draft in the database has it."""
    body = ReleasePage.objects.get(pk=page.pk).get_latest_revision_as_object().body
    return str(body[0].value.source)


def test_what_is_pasted_from_word_is_stored_with_its_words_and_nothing_of_words_markup(
    live_server: Any, transactional_db: None, officer: Any
) -> None:
    page = make_release(make_room(), publish=False, body=[("paragraph", "<p>Avant.</p>")])
    officer.goto(f"{live_server.url}/admin/pages/{page.pk}/edit/")
    editor = officer.locator("[data-streamfield-stream-container] .public-DraftEditor-content").first
    editor.click()
    officer.keyboard.press("Control+End")
    officer.evaluate(COPY, [WORD, PLAIN])
    officer.keyboard.press("Control+c")
    officer.keyboard.press("Control+v")
    officer.keyboard.type(" Tapé après.")
    # The editor hands its words to the form a quarter of a second later; who saves by hand is slower than that.
    field = officer.locator("[name=body-0-value]")
    assert eventually(lambda: "Tapé après." in field.evaluate("field => field.value"))
    officer.locator("button.action-save:visible").click()
    assert eventually(lambda: "Tapé après." in stored(page))

    html = stored(page)
    assert strangers(html) == []
    assert not re.search(r"mso|Mso|style|class|javascript|file:|alert|FIELD|WordDocument", html)
    assert re.sub(r' data-block-key="\w+"', "", html) == (
        "<p>Avant.</p><p>Titre de Word</p><p>Le programme a <b>vingt ans</b> et reçoit à Ségou.</p>"
        '<p>Des experts <i>de la diaspora</i> et <a href="https://www.example.org/liste">leur liste</a> suivront.</p>'
        "<ul><li>Premier point<ul><li>Dessous</li></ul></li></ul><ol><li>Numéroté</li></ol>"
        "<p>Secteur</p><p>Santé</p><p>Fin. Tapé après.</p>"
    )
    assert strangers(WORD), "the control: Word's own markup would be told"
