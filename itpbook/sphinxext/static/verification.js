/*
 * Filters, searches and sorts the ledger. Without this script the page is the whole table, by section.
 *
 * The state stands in the address (?verdict=contradicted,differs&section=efficacy&q=age&sort=published&order=descending),
 * so that it can be sent and gone back to. A fragment that names a row (#efficacy-cr) goes before any filter.
 */
(() => {
  "use strict";

  const table = document.getElementById("table-verification") || document.getElementById("table-comparison");
  const rows = table ? [...table.querySelectorAll("tr[data-verdict]")] : [];
  if (rows.length === 0) return;

  const wrapper = table.closest(".table-wrapper") || table;
  const headings = [...table.tHead.rows[0].cells];
  const groups = [...table.tBodies].map((body) => ({ body, rows: rows.filter((row) => row.parentElement === body) }));
  const columns = headings.map((heading) => heading.textContent.trim().toLowerCase().replace(/\W+/g, "-"));
  const titles = headings.map((heading) => heading.textContent.trim());

  /* ---- What can be chosen ---- */

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const verdicts = new Map();
  for (const row of [...rows].sort((one, other) => one.dataset.rank - other.dataset.rank)) {
    const words = row.querySelector(".verdict").textContent;
    const known = verdicts.get(row.dataset.verdict) || { words, count: 0 };
    verdicts.set(row.dataset.verdict, { words, count: known.count + 1 });
  }
  const sections = new Map();
  for (const { body, rows: inside } of groups) {
    const heading = body.querySelector(".group-heading");
    if (inside.length) sections.set(inside[0].dataset.section, heading ? heading.textContent.trim() : inside[0].dataset.section);
  }

  const boxes = new Map();
  const chips = [...verdicts].map(([verdict, { words, count }]) => {
    const box = element("input", { type: "checkbox", name: "verdict", value: verdict });
    boxes.set(verdict, box);
    const number = element("span", { class: "ledger-count" }, String(count));
    return element("label", { class: `ledger-chip verdict-${verdict}` }, box, element("span", { class: "verdict" }, words), " ", number);
  });
  const section = element("select", { name: "section" }, element("option", { value: "" }, "All sections"));
  for (const [value, words] of sections) section.append(element("option", { value }, words));
  const search = element("input", { type: "search", name: "q", autocomplete: "off", spellcheck: "false" });
  const showAll = element("button", { type: "reset" }, "Show all");
  const status = element("p", { role: "status", class: "ledger-status" });

  const controls = element("form", { class: "ledger-controls", "aria-label": "Filter the ledger", role: "search" },
    element("fieldset", {}, element("legend", {}, titles.find((title) => ["Verdict", "Comparison"].includes(title))), ...chips),
    element("label", { class: "ledger-field" }, "Section", section),
    element("label", { class: "ledger-field ledger-search" }, "Name, id or published figure", search),
    showAll,
    status);

  const buttons = headings.map((heading, column) => {
    const button = element("button", { type: "button", class: "ledger-sort" }, ...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const { sort, descending } = read();
      if (sort !== column) change({ sort: column, descending: false });
      else change(descending ? { sort: -1, descending: false } : { descending: true });
    });
    return button;
  });

  /* ---- The state, and its address ---- */

  let sorting = { sort: -1, descending: false };

  const read = () => ({
    verdicts: new Set([...boxes].filter(([, box]) => box.checked).map(([verdict]) => verdict)),
    section: section.value,
    words: search.value,
    ...sorting,
  });

  const write = (state) => {
    for (const [verdict, box] of boxes) box.checked = state.verdicts.has(verdict);
    section.value = state.section;
    if (search.value !== state.words) search.value = state.words;
    sorting = { sort: state.sort, descending: state.descending };
  };

  const fromAddress = () => {
    const asked = new URLSearchParams(window.location.search);
    const wanted = asked.get("section") || "";
    return {
      verdicts: new Set((asked.get("verdict") || "").split(",").filter((verdict) => verdicts.has(verdict))),
      section: sections.has(wanted) ? wanted : "",
      words: asked.get("q") || "",
      sort: columns.indexOf(asked.get("sort") || ""),
      descending: asked.get("order") === "descending",
    };
  };

  const toAddress = (state, fragment = "") => {
    const query = new URLSearchParams();
    if (state.verdicts.size) query.set("verdict", [...state.verdicts].join(","));
    if (state.section) query.set("section", state.section);
    if (state.words.trim()) query.set("q", state.words.trim());
    if (state.sort >= 0) query.set("sort", columns[state.sort]);
    if (state.sort >= 0 && state.descending) query.set("order", "descending");
    const asked = query.toString().replaceAll("%2C", ",");
    return `${window.location.pathname}${asked ? `?${asked}` : ""}${fragment}`;
  };

  const note = (method, address) => {
    try {
      window.history[method](null, "", address);
    } catch {
      /* A browser that lets no page from disk change its address: the table works, the address stays. */
    }
  };

  /* ---- Filtering ---- */

  const plain = (words) => words.toLowerCase().replace(/\s+/g, " ").trim();
  const heard = new Map(rows.map((row) => [row, plain(`${row.cells[0].textContent} ${row.cells[1].textContent}`)]));

  const shows = (state, row) =>
    (state.verdicts.size === 0 || state.verdicts.has(row.dataset.verdict)) &&
    (state.section === "" || state.section === row.dataset.section) &&
    plain(state.words).split(" ").every((word) => heard.get(row).includes(word));

  /* ---- Sorting ---- */

  const inWords = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  /* The numbers of a cell in their order, so that 9/31 comes before 19/31; figures first, words after, dashes last. */
  const numbers = (text) => (text.match(/(?<!\d)-?\d+(?:\.\d+)?/g) || []).map(Number);

  const compareFigures = (one, other) => {
    const left = numbers(one), right = numbers(other);
    for (let place = 0; place < Math.min(left.length, right.length); place += 1) {
      if (left[place] !== right[place]) return left[place] - right[place];
    }
    return left.length - right.length || inWords.compare(one, other);
  };

  const sorted = ({ sort, descending }) => {
    const cell = (row) => row.cells[sort].textContent.trim();
    const numeric = ["published", "recomputed", "n-n", "ours", "difference"].includes(columns[sort]);
    const compare = (one, other) => {
      if (["verdict", "comparison"].includes(columns[sort])) return one.dataset.rank - other.dataset.rank;
      return numeric ? compareFigures(cell(one), cell(other)) : inWords.compare(cell(one), cell(other));
    };
    const lacking = (row) => numeric && numbers(cell(row)).length === 0;
    return [...rows].sort((one, other) =>
      lacking(one) - lacking(other) || (descending ? -1 : 1) * compare(one, other) || rows.indexOf(one) - rows.indexOf(other));
  };

  const flat = element("tbody");

  const place = (state) => {
    if (state.sort < 0) {
      for (const group of groups) {
        group.body.append(...group.rows);
        group.body.hidden = group.rows.length > 0 && group.rows.every((row) => row.hidden);
      }
      flat.remove();
    } else {
      flat.append(...sorted(state));
      for (const group of groups) group.body.hidden = true;
      table.append(flat);
    }
    headings.forEach((heading, column) => {
      if (column === state.sort) heading.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
      buttons[column].title = column !== state.sort ? `Sort by ${titles[column]}`
        : state.descending ? "Back to the order of the ledger" : "Sort the other way";
    });
  };

  /* ---- Showing ---- */

  const say = (state, shown) => {
    const found = shown === 0 ? "No figure matches" : `${shown} of ${rows.length} figures shown`;
    const order = state.sort < 0 ? "" : `, by ${titles[state.sort]}, ${state.descending ? "descending" : "ascending"}`;
    status.textContent = `${found}${shown ? order : ""}.`;
  };

  const apply = (state) => {
    write(state);
    for (const row of rows) row.hidden = !shows(state, row);
    place(state);
    say(state, rows.filter((row) => !row.hidden).length);
  };

  const change = (changed, method = "pushState") => {
    const state = { ...read(), ...changed };
    apply(state);
    note(method, toAddress(state));
  };

  /* Obey the address; the row that its fragment names is shown whatever the filters say. */
  const obey = () => {
    const fragment = window.location.hash.slice(1);
    const row = rows.find((each) => each.id === fragment);
    const state = fromAddress();
    const hidden = row && !shows(state, row);
    if (hidden) {
      if (!state.verdicts.has(row.dataset.verdict)) state.verdicts = new Set();
      if (state.section !== row.dataset.section) state.section = "";
      if (!shows(state, row)) state.words = "";
    }
    apply(state);
    if (hidden) note("replaceState", toAddress(state, window.location.hash));
    if (row) row.scrollIntoView();
  };

  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("change", (event) => { if (event.target !== search) change({}); });
  search.addEventListener("input", () => change({}, "replaceState"));
  controls.addEventListener("reset", (event) => {
    event.preventDefault();
    change({ verdicts: new Set(), section: "", words: "", sort: -1, descending: false });
  });
  window.addEventListener("popstate", obey);
  window.addEventListener("hashchange", obey);

  wrapper.before(controls);
  table.classList.add("ledger-sortable");
  obey();
  /* What stands above the table has moved it down: go again to where the address leads. */
  const target = document.querySelector(":target");
  if (target) target.scrollIntoView();
})();
