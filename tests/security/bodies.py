"""Product descriptions that are made to take long, 192 KB each, by what they abuse."""
from __future__ import annotations

SIZE = 192 * 1024


def _filled(text: str) -> str:
    return (text * (SIZE // len(text) + 1)).encode()[:SIZE].decode(errors="ignore")


def _numbered(pattern: str) -> str:
    return "".join(pattern.format(n) for n in range(SIZE // len(pattern)))[:SIZE]


_REPEATED = (
    "<div>", "<b>", "<ul><li>", "<p>a", "<li>x", "<h1>x", "<br>a", "<td>a", "<b>a</b>", "<b><i><u><p>", "<b><p></b>",
    "<a><div>", "<a href=x>y", "<table>", "<table><tr><td>x", "<table><b>x<td><i>", "<select><option>", "<svg><desc>",
    "<template>", "<frameset>", "<script>", "<style>", "</script>", "<plaintext>", "<textarea>", "<ruby><rt>", "</p>",
    "</ul>", "</br>", "<!--", "<!-->", "--!>", "<![CDATA[", "<?x", "</", "<", "<p", "<p ", "<p a=", "<p a='", '<p a="',
    "<a =", "=<a", "<!", "&amp;", "&lt;p&gt;", "&#38;", "&#x", "&a", "&", "\n", " \n", " ", "\u200b", "a\u0301", "漢",
)

BODIES: dict[str, str] = {
    **{text: _filled(text) for text in _REPEATED},
    "many attributes": f"<p {_filled('a=b ')}>",
    "attributes that differ": f"<p {_numbered('a{}=1 ')}>",
    "tags that differ by an attribute": _numbered("<b a{}>") + "<p>x",
    "tags that differ, closed elsewhere": _numbered("<b a{}></p>"),
    "a foster parent": "<table>" + _filled("<b>x"),
    "an endless number": f"&#{_filled('9')};",
    "an endless number without markup": f"a &#{_filled('9')};",
    "an endless name": f"<{_filled('p')}>",
    "an endless entity": f"<p>&{_filled('a')};",
    "an endless value": f"<p a='{_filled('>')}'>x",
    "an endless comment": f"<p>x<!--{_filled('-')}",
    "quotation marks": f"<p {_filled(chr(34))}>",
    "lists within lists, closed": _filled("<ul><li>")[: SIZE // 2] + _filled("</li></ul>")[: SIZE // 2],
}
