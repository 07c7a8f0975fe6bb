"""Editions of hostile authors: refused with field and line, or read as nothing but text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from hostile_strings import FAMILIES, HIDDEN, QUOTES_OF_HTML, SECRET, one_line, planted
from hypothesis import given
from hypothesis import strategies as st
from jupyter_book.config import get_final_config
from markdown_it import MarkdownIt
from myst_parser.config.main import MdParserConfig

from implied.files.characters import visible
from implied.files.yaml_lines import line_finder
from implied.ledger import Ledger
from itpbook import project
from itpbook.intake import own_edition
from itpbook.intake.edition_limits import CELLS, CHARACTERS, DEFINITIONS, MARKUP, MARKUP_OF_PARAGRAPH
from itpbook.intake.edition_markdown import ATTRIBUTES, parsers
from itpbook.intake.edition_texts import MOST, Quotable, check_text, reference_keys
from itpbook.intake.own_edition import TEXTS, Edition, EditionError, read_edition

REFUSED = ("directives", "roles", "html", "links", "other markdown", "hidden")
"""Families of which every string is refused in a text."""


def written(folder: Path, content: object) -> Path:
    path = folder / "edition.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def problems_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(EditionError) as refusal:
        read_edition(path)
    return refusal.value.problems


@pytest.fixture(scope="module")
def quotable(ledger: Ledger) -> Quotable:
    return Quotable(reference_keys(), {entry.id for entry in ledger})


READ = own_edition._quotable


@pytest.fixture(autouse=True, scope="module")
def read_once(quotable: Quotable) -> Iterator[None]:
    """Let all editions quote a ledger that is read once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(own_edition, "_quotable", lambda: quotable)
        yield


def test_editions_quote_the_shipped_ledger_and_the_references_of_the_book(quotable: Quotable):
    assert READ() == quotable


@pytest.fixture(scope="module")
def both() -> tuple[MarkdownIt, MarkdownIt]:
    return parsers()


def refused(text: str, both: tuple[MarkdownIt, MarkdownIt], quotable: Quotable) -> bool:
    return any(check_text(text, parser, quotable)[1] for parser in both)


@pytest.mark.parametrize("family", REFUSED)
def test_every_string_that_is_markup_is_refused_in_a_text(
    family: str, canary: Path, both: tuple[MarkdownIt, MarkdownIt], quotable: Quotable
):
    texts = [planted(string, canary).strip("\n") for string in FAMILIES[family]]
    assert [text for text in texts if not refused(text, both, quotable)] == [], "alone"
    # Some of them are characters after a word, and are no markup there.
    after = [f"Words before.\n\n{text}\n\nWords after." for text in texts if not text.startswith("---")]
    assert [text for text in after if not refused(text, both, quotable)] == [], "between paragraphs"


@pytest.mark.parametrize("family", sorted(FAMILIES.keys() - set(REFUSED)))
def test_what_is_not_refused_is_nothing_but_text(
    family: str, canary: Path, both: tuple[MarkdownIt, MarkdownIt], quotable: Quotable
):
    for string in FAMILIES[family]:
        tokens, problems = check_text(planted(string, canary), both[0], quotable)
        if not problems:
            children = [child for token in tokens for child in token.children or ()]
            assert {token.type for token in [*tokens, *children]} <= ATTRIBUTES.keys(), string
            shown = BeautifulSoup(both[0].render(string), "html.parser")
            assert not shown.find_all(["script", "img", "svg", "iframe", "style", "a"]), string
            assert "1365" not in shown.get_text().replace(string, "") or "1365" in string


@pytest.mark.parametrize("template", ["{{7*195}}", "a {{ x }} b", "{{ env.app.config.author }}", "{{ 'a' | upper }}"])
def test_a_template_is_refused_and_never_evaluated(
    template: str, both: tuple[MarkdownIt, MarkdownIt], quotable: Quotable
):
    assert refused(template, both, quotable)
    assert "substitution" not in both[0].options["myst_config"].enable_extensions


PERMITTED = (
    "Of all, {claim}`efficacy.response` responded ({claim}`efficacy.response percent`), as in {cite}`source2020`.",
    "{cite}`source2020,iwg2009` and {cite:p}`source2020`",
    "# One\n\n## Two\n\nThree\n-----\n",
    "*a* **b** ***c*** a\\\nb",
    "- a\n  - b\n\n1. c\n2) d",
    "3. starts at three",
    "| a | b |\n|:--|--:|\n| *1* | 2 |",
    "[a](https://example.org/x?y=1&z=2#w) [b](http://example.org)",
    "[c](mailto:a.b@example.org) [d](doi:10.1182/blood-1(2))",
    '[a](https://example.org "A title") <https://example.org/> <a@example.org>',
    "[a][b]\n\n[b]: https://example.org",
    "A note[^1] and another[^two].\n\n[^1]: *One*.\n\n[^two]: Two.\n\n    More.",
    "Term\n: What it means",
    'It cost US$5 and $6; 5 < 6 & 7 > 2; "quoted", it\'s 50%, a_b_c, 2*3, {x}, [y], (z)',
    "\\{\\{ x \\}\\} \\<b> \\`x\\`",
    "Größe, 中文, Ελληνικά, \N{GRINNING FACE}, é",
)


@pytest.mark.parametrize("text", PERMITTED)
def test_what_a_paper_needs_is_allowed(text: str, tmp_path: Path):
    edition = read_edition(written(tmp_path, {"texts": {"discussion": text}}))
    assert edition.texts["discussion"] == text.strip()


@pytest.mark.parametrize("signs", ["[", "*a ", "![", "`a", "[a][", "<a", "{", "|a|b|\n|-|-|\n", "[a](https://b.c) "])
def test_text_that_would_be_parsed_for_minutes_is_refused_before_it_is(signs: str, tmp_path: Path):
    for text, limit in {
        (signs * 20_001)[: CHARACTERS + len(signs)]: f" characters; a text has up to {CHARACTERS:,}",
        f"Words.\n\n{signs * 1_001}"[:CHARACTERS]: "signs of markup; a ",
    }.items():
        (problem,) = problems_of(written(tmp_path, {"texts": {"ethics": text}}))
        assert limit in problem


@pytest.mark.parametrize(("number", "unit", "most"), [(41, "text", MARKUP), (11, "paragraph", MARKUP_OF_PARAGRAPH)])
def test_limits_of_markup_are_named(number: int, unit: str, most: int, tmp_path: Path):
    text = "\n\n".join(["[" * 100] * number) if unit == "text" else "[" * 100 * number
    (problem,) = problems_of(written(tmp_path, {"texts": {"ethics": text}}))
    assert problem.endswith(f": {number * 100:,} signs of markup; a {unit} has up to {most:,}")


def test_a_table_of_millions_of_empty_cells_is_refused_before_it_is_filled(tmp_path: Path):
    text = "\n".join(["|".join("a" * 480), "|".join("-" * 480), *["a"] * 5_000])
    (problem,) = problems_of(written(tmp_path, {"texts": {"ethics": text}}))
    assert problem.endswith(f"2,395,958 cells of tables; a text has up to {CELLS:,}")


def test_hundreds_of_definitions_of_links_are_refused_before_they_are_parsed(tmp_path: Path):
    (problem,) = problems_of(written(tmp_path, {"texts": {"ethics": "[a]:b\n" * (DEFINITIONS + 1)}}))
    assert problem.endswith(f": {DEFINITIONS + 1} definitions of links and notes; a text has up to {DEFINITIONS}")


def test_every_field_refuses_and_all_problems_are_listed_at_once(tmp_path: Path):
    content = {
        "title": "A\u202eB",
        "authors": [{"name": "Ann\nAuthor"}, {"name": "\x1b[31mBo"}],
        "centre": "C\u200b",
        "licence": "L\t",
        "texts": dict.fromkeys(TEXTS, "<b>"),
    }
    path = written(tmp_path, content)
    problems = problems_of(path)
    for place in ("title", "authors.0.name", "authors.1.name", "centre", "licence"):
        assert any(re.match(rf"{path}, line \d+: {place}: holds a character", problem) for problem in problems), place
    for name in TEXTS:
        assert any(re.match(rf"{path}, line \d+: texts.{name}: HTML: ", problem) for problem in problems), name
    assert all(visible(problem) == problem for problem in problems)


@pytest.mark.parametrize("string", HIDDEN)
@pytest.mark.parametrize("place", ["title", "centre", "licence", "author"])
def test_hidden_characters_are_refused_in_plain_fields(place: str, string: str, tmp_path: Path):
    content = {"authors": [{"name": string}]} if place == "author" else {place: string}
    (problem,) = problems_of(written(tmp_path, content))
    assert "U+" in problem
    assert {"author": "authors.0.name"}.get(place, place) in problem


@pytest.mark.parametrize("family", sorted(FAMILIES.keys() - {"hidden"}))
def test_plain_fields_are_read_in_just_their_characters(family: str, canary: Path, tmp_path: Path):
    for string in FAMILIES[family]:
        words = one_line(planted(string, canary))
        content = {"title": words, "authors": [{"name": words}], "centre": words, "licence": words}
        edition = read_edition(written(tmp_path, content))
        assert (edition.title, edition.authors[0].name, edition.centre, edition.licence) == (words,) * 4
        assert SECRET not in repr(edition)


@pytest.mark.parametrize("field", ["title", "centre", "licence", "date", "suppress_below"])
@pytest.mark.parametrize("tag", FAMILIES["yaml"])
def test_tags_of_yaml_make_no_objects(tag: str, field: str, canary: Path, tmp_path: Path):
    path = tmp_path / "edition.yaml"
    path.write_text(f"{field}: {planted(tag, canary)}\n", encoding="utf-8")
    problems = problems_of(path)
    assert all(str(path) in problem for problem in problems)
    assert not any(SECRET in problem for problem in problems)


STYLES = {
    "literal": ("texts:\n  funding: |\n    Good.\n\n    <b>\n", 5),
    "literal with a comment and empty lines": ("# c\ntexts:\n  funding: |2- # note\n\n\n    Good.\n    <b>\n", 7),
    "folded": ("texts:\n  funding: >\n    Good\n    and good\n\n\n    <b>\n", 7),
    "folded into one line": ("texts:\n  funding: >-\n    Good\n    and\n    <b>\n", 5),
    "plain": ("texts:\n  funding: Good\n   and good\n\n   <b>\n", 5),
    "single": ("texts:\n  funding: 'It''s good\n\n\n    <b>'\n", 5),
    "double": ('texts:\n  funding: "Good \\u0041 \\\n    \\n\\n and\n\n    <b>"\n', 5),
    "double on one line": ('title: A\ntexts: {funding: "Good\\n\\n<b>"}\n', 2),
    "Windows": ("texts:\r\n  funding: |\r\n    Good.\r\n\r\n    <b>\r\n", 5),
    "a separator that is no line for an editor": (
        'title: "a\u0085 b"\ntexts:\n  funding: |\n    Good.\n\n    <b>\n',
        6,
    ),
    "an alias": ("texts:\n  ethics: &a |\n    Good.\n    <b>\n  funding: *a\n", 4),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_line_is_that_of_the_file_in_every_style_of_yaml(style: str, encoding: str, tmp_path: Path):
    text, line = STYLES[style]
    path = tmp_path / "edition.yaml"
    path.write_bytes(text.encode(encoding))
    (problem,) = (problem for problem in problems_of(path) if ": texts.funding: " in problem)
    assert f", line {line}: texts.funding: HTML: '<b>'; " in problem


@given(
    st.lists(st.text(st.sampled_from("ab \"'\\:#é{[>|-"), max_size=8), min_size=1, max_size=6),
    st.sampled_from(["|", ">", '"', "'", None]),
)
def test_lines_follow_whatever_style_a_text_is_written_in(lines: list[str], style: str | None):
    text = "\n".join(lines) + "\nTHE END"
    file = yaml.dump({"title": "x", "texts": {"funding": text}}, default_style=style, allow_unicode=True, width=20)
    value = yaml.safe_load(file)["texts"]["funding"]
    find = line_finder(file.encode(), ("texts", "funding"))
    lines_written = file.split("\n")
    numbers = [find(line, column) for line, words in enumerate(value.split("\n")) for column in range(len(words))]
    assert numbers == sorted(numbers)
    assert "THE" in lines_written[find(value.count("\n"), value.split("\n")[-1].index("THE")) - 1]


INLINE = (
    "Plain words &lt; here\n*em*, [a](https://ok.example\n'title') and\n"
    "{raw}`one\ntwo` &amp; <b\nid=1> then\n`code` end"
)


def test_the_line_within_a_paragraph_is_that_of_the_markup(both: tuple[MarkdownIt, MarkdownIt], quotable: Quotable):
    _, problems = check_text(INLINE, both[0], quotable)
    assert [(problem.where[0], problem.content.partition(":")[0]) for problem in problems] == [
        (3, "the role {raw}"),
        (4, "HTML"),
        (6, "code"),
    ]


def test_a_name_has_one_address(both: tuple[MarkdownIt, MarkdownIt], quotable: Quotable):
    _, (problem,) = check_text("[a]\n\n[a]: https://one.example\n[a]: https://two.example\n", both[0], quotable)
    assert (problem.where, problem.content) == ((3, 0), "a second address for A")


def test_of_very_many_problems_the_first_are_listed(tmp_path: Path):
    problems = problems_of(written(tmp_path, {"texts": {"funding": "<b>\n\n" * 500}}))
    assert len(problems) == MOST + 1
    assert problems[-1].endswith(": texts.funding: and 480 more")


def test_texts_are_checked_with_the_parser_that_compiles_them(both: tuple[MarkdownIt, MarkdownIt]):
    settings = yaml.safe_load((project.ROOT / "_config.yml").read_text(encoding="utf-8"))
    final, _ = get_final_config(
        user_yaml=project.ROOT / "_config.yml", validate=False, cli_config={"latex_individualpages": False}
    )
    compiled = MdParserConfig(
        enable_extensions=set(final["myst_enable_extensions"]), url_schemes=final["myst_url_schemes"]
    )
    checked = both[0].options["myst_config"]
    assert (checked.enable_extensions, checked.url_schemes) == (compiled.enable_extensions, compiled.url_schemes)
    syntax = {name for name in final if name.startswith("myst_")} - {"myst_enable_extensions", "myst_url_schemes"}
    defaults = MdParserConfig()
    for name in syntax:
        assert final[name] == getattr(defaults, name.removeprefix("myst_"), final[name]), name
    assert settings["sphinx"]["config"]["myst_url_schemes"] == final["myst_url_schemes"]


def test_the_case_is_refused_before_anything_is_executed(tmp_path: Path):
    text = """
title: "A <script>document.title='changed by the title'</script> series"
authors:
  - name: "A <script>document.title='changed by an author'</script> Name"
texts:
  funding: "{{ 7*195 }} and {{ env.app.config.author }}"
  discussion: |
    ```{include} ../../../../../../etc/hostname
    ```

    <img src=x onerror="document.title='changed by a text'">

    ```{raw} html
    <script>document.title='changed by raw'</script>
    ```
"""
    path = tmp_path / "edition.yaml"
    path.write_text(text, encoding="utf-8")
    assert [problem.removeprefix(f"{path}, ").partition("; ")[0] for problem in problems_of(path)] == [
        "line 6: texts.funding: a substitution {{…}}: '7*195'",
        "line 6: texts.funding: a substitution {{…}}: 'env.app.config.author'",
        "line 8: texts.discussion: the directive {include}: '```{include} ../../../../../../etc/hostname'",
        "line 11: texts.discussion: HTML: '<img src=x onerror=\"document.title=\\'changed by a text\\'\">'",
        "line 13: texts.discussion: the directive {raw}: '```{raw} html'",
    ]


@pytest.mark.parametrize("words", ["A < B & C", *QUOTES_OF_HTML])
def test_the_json_of_an_edition_keeps_its_characters(words: str):
    edition = Edition(title=words)
    assert json.loads(edition.as_json())["title"] == words
    assert Edition.of_json(edition.as_json()) == edition
