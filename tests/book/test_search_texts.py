"""The texts that the search quotes: the words of the article by section, and nothing that is no prose."""

from __future__ import annotations

from itpbook.sphinxext.search_texts import article_text, texts_script

PAGE = """<html><body><p>beside</p><article><section id="top"><h1>Title<a class="headerlink">#</a></h1>
<p class="synthetic-notice" role="note"><strong>Notice</strong> first.</p><p>Words &amp; <em>more</em><br>words.</p>
<p>In <span class="claim"><a>19</a><a class="claim-mark">✓</a><span class="claim-card">Published: 19.</span></span>.</p>
<p class="downloads"><a>Data (CSV)</a></p>
<details><summary>Cell source</summary><div class="cell_input"><pre>code()</pre></div></details>
<section id="in"><h2>Inner</h2><table><tr><td>19</td><td>31</td></tr></table><img src="x" alt="y">
<p class="result">id</p><div hidden>hidden</div><p>Left open</section>
<p>After.</p></section></article><p>below</p></body></html>"""


def test_article_becomes_its_words_by_section() -> None:
    assert article_text(PAGE) == (
        '<section id="top">Words &amp; more words. In 19. After. </section>'
        '<section id="in">Inner: 19 31 Left open </section>'
    )


def test_script_is_the_same_whatever_the_order_of_the_pages() -> None:
    pages = {"b.html": PAGE, "a.html": PAGE}
    assert texts_script(pages) == texts_script(dict(reversed(pages.items())))
    assert texts_script(pages).startswith('Search.texts={"a.html":')
