/* Lets Sphinx's search quote the pages that it finds from Search.texts, which searchtexts.js sets, not from the network. */
(() => {
  "use strict";

  if (typeof Search === "undefined") return;

  /* Of a page's title Sphinx has HTML, of a heading text, and it sets both as HTML: here both are text, and escaped. */
  const perform = Search._performSearch;
  const words = (html) => new DOMParser().parseFromString(html ?? "", "text/html").body.textContent;
  const escaped = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  let titles;
  Search._performSearch = (...asked) => {
    titles ??= Search._index.titles.map(words);
    Search._index.titles = titles;
    return perform(...asked).map(([page, title, ...others]) => [page, escaped(title), ...others]);
  };

  if (!Search.texts) return;

  const root = document.documentElement.dataset.content_root || "";
  const fetchElsewhere = window.fetch;

  /* What Sphinx asks for to make an excerpt is answered from memory; its own code does the rest. */
  window.fetch = (request, ...rest) => {
    const address = String(request).startsWith(root) ? String(request).slice(root.length) : "";
    if (!Object.hasOwn(Search.texts, address)) return fetchElsewhere.call(window, request, ...rest);
    return Promise.resolve({ text: () => Promise.resolve(`<div role="main">${Search.texts[address]}</div>`) });
  };

  /* Sphinx looks for stems, and not every stem begins its word ("splenectomi"): the longest part that the text holds. */
  const summarise = Search.makeSearchSummary;
  Search.makeSearchSummary = (html, stems, anchor) => {
    const text = Search.htmlToText(html, anchor).toLowerCase();
    const held = [...stems].map((stem) => {
      let part = stem.toLowerCase();
      while (part.length > 3 && !text.includes(part)) part = part.slice(0, -1);
      return part;
    });
    return summarise(html, held, anchor);
  };
})();
