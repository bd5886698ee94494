"""Strings that strangers could have written: whatever steers a terminal, a parser or the eye. Each can be seen."""
from __future__ import annotations

import unicodedata

MARKUP = (
    "[/]", "[b]bold[/b]", "[/b]closed", "[red]red", "Shirt [XL]", "Shirt [M]", "[50%] off", "[", "]", "[[double]]",
    "[]empty", "[bold red on blue]x[/]", "[b]never closed", r"\[escaped]", r"\\[b]twice\\[/b]", "[$accent]theme[/]",
    "[on #ff0000]paint[/]", "[b][/i]crossed", "[link='https://evil.example']here[/link]", "$name ${name} $$",
)
RICH_MARKUP = (
    "[bold]b[/bold]", "[/bold]", "[blink]x[/blink]", "[link=https://evil.example]x[/link]", ":smile: :warning:",
    "[not bold]x", "[#ff0000]x[/#ff0000]", "[italic red]x[/italic]", "[conceal]x[/conceal]", "[reverse]x[/]",
)
ACTIONS = (
    "[@click=app.quit]hi[/]", "[@click='app.quit']hi[/]", "[@click=quit]hi[/]", "[@click=app.exit()]hi[/]",
    "[@click=screen.dismiss]hi[/]", "[@click=app.log_out][b]hi[/b][/]", "[@click=app.open_url('http://evil')]hi[/]",
    "[@mouse_over=app.bell]hi[/]", "[@click=screen.remove_line(1)]hi[/]", "[@click=app.copy('x')]hi",
)
ANSI = (
    "\x1b[31mred\x1b[0m", "\x1b[2Jcleared", "\x1b[1;1Htop", "\x1b[?1049lleft", "\x1b[6nasks", "\x1bcreset",
    "\x1b[>cwho", "\x1b[8mhidden", "\x1b[999Dleft", "\x1b[20tsize", "\x1b[21treport", "\x1b]0;pwned\x07title",
    "\x1b]2;pwned\x1b\\title", "\x1b]10;?\x07color", "\x1b]1337;File=x\x07image", "\x1bP+q544e\x1b\\dcs",
    "\x1b_Gi=1\x1b\\apc", "\x1b^private\x1b\\pm", "\x1bXstring\x1b\\sos", "\x1b#8aligned", "\x1b(0graphics",
    "shift\x0eout", "\x1b[?1000hmouse", "\x1b[?2004lpaste", "\x1b[?2026hheld", "bell\x07", "back\x08\x08\x08space",
    "over\rwritten", "form\x0cfeed", "vertical\x0btab", "delete\x7fd", "new\nline", "tab\tbed", "\x1b alone",
    "esc at end\x1b",
)
OSC_8 = (
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "\x1b]8;id=1;file:///etc/passwd\x1b\\look", "\x9d8;;https://evil.example\x9cclick",
)
OSC_52 = (
    "\x1b]52;c;cm0gLXJmIH4=\x07copied", "\x1b]52;p;cm0gLXJmIH4=\x1b\\copied", "\x1b]52;c;?\x07asked",
    "\x9d52;c;cm0gLXJmIH4=\x9ccopied",
)
C1 = (
    "\x9b31mred", "\x9d0;title\x9cx", "\x90dcs\x9cx", "\x84index", "next\x85line", "\x8dback", "\x9fapc\x9cx",
    "\x98sos\x9cx", "\x9epm\x9cx", "\x8fthree", "\x80pad",
)
BIDI = (
    "\u202eLTR\u202c", "\u202dover", "\u202aembed\u202c", "\u202bembed\u202c", "\u2066isolate\u2069",
    "\u2067isolate\u2069", "\u2068first\u2069", "mark\u200emark", "mark\u200fmark", "arabic\u061cmark",
    "price \u202e00.1$\u202c", "\u202egpj.exe", "unclosed \u2067x",
)
ZERO_WIDTH = (
    "zero\u200bwidth", "zero\u200cwidth", "zero\u200dwidth", "word\u2060joiner", "b\ufefform", "soft\u00adhyphen",
    "grapheme\u034fjoiner", "mongolian\u180evowel", "hangul\u3164filler", "hangul\u115ffiller", "half\uffa0filler",
    "plus\u2064invisible", "function\u2061", "\U000e0041\U000e0042tags", "language\U000e0001tag", "x\ufe0fselector",
    "y\U000e0100selector", "ann\ufff9ota\ufffation\ufffb", "private\ue000use", "plane\U000f0000fifteen",
    "non\ufdd0character", "non\uffffcharacter", "musical\U0001d173beam", "a\u200d\u200d\u200db",
    "\u200e\u200e\u200eend",
)
STACKS = (
    "Z" + "\u0301" * 50 + "algo", "e" + "\u0316\u0317\u0300\u0301" * 30 + "x",
    "o\u20dd\u20de\u20df\u20e0\u20e0\u20e0\u20e0",
    "ก" + "\u0e48" * 40, "a" + "\u0489" * 20, "".join(c + "\u0336\u0353\u0354\u0355\u0356\u0357" for c in "zalgo"),
    "\u0300leading mark", "न" + "\u0941" * 25,
)
WIDE = (
    "日本語のシャツ", "한국어 셔츠", "ＦＵＬＬ　ＷＩＤＴＨ", "①②③ ambiguous ±×÷ →★", "ẞß ſ ŉ ǅ", "ﷺﷺ", "𒐫𒈙", "꧅꧅", "⸻⸻",
    "தமிழ்", "ไทยล้ำ", "हिन्दी", "עברית", "العربية", "𝕗𝕒𝕟𝕔𝕪", "Ŕéśumé", "e\u0301 decomposed", "ff ligature ﬃ",
    "½ ⅓ ²",
    "Ａ\u3000Ｂ", "non\u00a0breaking", "narrow\u202fspace", "ide\u3000ographic", "line\u2028separator",
    "paragraph\u2029separator", "\ufffcobject",
)
LONG = (
    "w" * 250, "長" * 120, "ab " * 80, "-" * 200,
    "MW" * 120, "a/" * 100, "👕" * 60, "long-" * 50, "([{<" * 60, "\\" * 250,
)
SURROGATES = ("\ud800lone", "lone\udfff", "byte \udce9", "\ud83d half of a pair", "\udc00\ud800 turned")
NUL = ("nul\x00inside", "\x00first", "last\x00")
SQL = (
    "' OR '1'='1", "'; DROP TABLE product;--", '" OR ""="', "1; SELECT * FROM account", "x' UNION SELECT 1--",
    "%' AND 1=1--", "\\'; --", "_%", "NULL", "?1 :name @p $1",
)
FTS = (
    'title:"x"', "a AND", "OR", "NOT a", "NEAR(a b, 3)", "a*", '"', '""', "(a", "a)", "^a", "-a", "{title facts}: a",
    "a + b", "col : a", "a NOT b OR (c", "*", "title facts : x",
)
FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1", '=HYPERLINK("http://evil.example","x")', "'=1+1", "''x",
    "=IMPORTXML(1)", '"quoted"', 'a,"b,c', "semi;colon",
)
HTML = (
    "<script>alert(1)</script>x", "<b>bold</b>", "<img src=x onerror=alert(1)>x", "a < b > c", "&lt;b&gt;",
    "&amp;amp;",
    "&#27;[31mred", "&#x202e;turned", "&#xd800;x", "&#0;x", "&notit; &zwj;x", "<!-- c -->x",
    "<a href='javascript:x'>y</a>",
    "<iframe src=x>y", "]]>x", "<svg/onload=x>y",
)
PATHS = (
    "../../etc/passwd", "..\\..\\windows", "/etc/passwd", "C:\\con", "file:///etc/passwd", "\\\\host\\share",
    "~root/x",
    "a/../b", "%2e%2e%2f", "con", "nul.txt", "-rf", "--help", "$(reboot)", "`reboot`", "x;reboot", "x|y",
    "http://[::1]/x",
)
FORMATS = ("%s%s%n", "%(name)s", "{0}", "{name!r}", "{}", "%d %x", "{0.__class__}", "{{", "$HOME", "100%")
EMOJI = (
    "👨\u200d👩\u200d👧\u200d👦 family", "👩🏻\u200d❤\ufe0f\u200d💋\u200d👨🏿", "🇩🇪 flag", "🏳\ufe0f\u200d🌈 flag",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f flag", "❤\ufe0f heart",
    "1\ufe0f\u20e3 key", "👍🏽 good",
    "🧑\u200d🚀 space", "☕\ufe0e plain", "©\ufe0f mark", "🙂\u200d↔\ufe0f shake",
)
"""These must come through as they are."""

CATEGORIES = {
    "markup": MARKUP, "Rich markup": RICH_MARKUP, "actions": ACTIONS, "ANSI": ANSI, "OSC 8": OSC_8, "OSC 52": OSC_52,
    "C1": C1, "bidi": BIDI, "zero-width": ZERO_WIDTH, "stacks": STACKS, "wide": WIDE, "long": LONG,
    "surrogates": SURROGATES, "NUL": NUL, "SQL": SQL, "FTS5": FTS, "formulas": FORMULAS, "HTML": HTML, "paths": PATHS,
    "formats": FORMATS, "emoji": EMOJI,
}
ALL = tuple(text for texts in CATEGORIES.values() for text in texts)
STORABLE = tuple(text for text in ALL if text not in SURROGATES)
"""Those that a database takes."""
IN_A_FILE = tuple(text for text in STORABLE if text not in NUL)
"""Those that a text file may hold."""


def seen(text: str) -> str:
    """What one recognises a text by: its signs, without blanks, case, marks, and all that steers or hides."""
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).casefold())
    return "".join(c for c in letters
                   if unicodedata.category(c)[0] not in "CZM" and c not in "\u115f\u1160\u3164\uffa0")


def steers(text: str) -> set[str]:
    """The signs in it that could steer a terminal or fool the eye, by Unicode's own categories.

    What holds the `EMOJI` above together does not count: it may stand there, and nowhere else.
    """
    for each in EMOJI:
        text = text.replace(each.split()[0], "")
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
            or c in "\u034f\u115f\u1160\u180b\u3164\ufe0e\ufe0f\uffa0\ufdd0\uffff\U000e0100"}


def tallest(text: str) -> int:
    """How many marks stand on one letter at most."""
    most = height = 0
    for character in text:
        height = height + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        most = max(most, height)
    return most
