"use strict";
(() => {
  const tickets = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const body = at("list").tBodies[0];
  const filters = { kind: at("f-kind"), chart: at("f-chart"), outcome: at("f-outcome"), board: at("f-board"), words: at("f-words") };
  const amount = (value) => value === null ? "not known" : value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const spoken = (name) => name.replaceAll("-", " ");
  const kinds = {
    move: (t) => t.would_move, differ: (t) => t.agrees === false, measured: (t) => t.misplaced === "measured", estimated: (t) => t.misplaced === "estimated",
    ask: (t) => t.chart === "review", broken: (t) => t.chart === "not-readable", own: (t) => t.own_move,
  };
  // Kinds of money: each choice shows the same sums as the table of figures, by currency.
  const money = ["reclassified", "given_away", "swallowed", "unbilled", "billed_late", "over_budget", "below_price", "staged"];
  for (const name of money) kinds[name] = (t) => t[name] > 0;
  const PAGE = 100;
  let sorted = { key: "entered", down: true }, shown = [], limit = PAGE;

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const fill = (select, key) => {
    const names = [...new Set(tickets.map((t) => t[key]))].sort();
    for (const name of names) {
      const option = element("option", spoken(name) || "(none)");
      option.value = name || "\u0000";
      select.append(option);
    }
  };
  const compare = (a, b) => (typeof a === "number" ? Number(a > b) - Number(a < b) : String(a).localeCompare(String(b), "en", { numeric: true }));

  const line = (t) => {
    const row = element("tr", undefined, t.agrees === false ? "differ" : "");
    const link = element("a", String(t.id));
    if (t.link) link.href = t.link; link.target = "_blank"; link.rel = "noopener noreferrer";
    const number = element("td"); number.append(link);
    const summary = element("td", t.summary);
    summary.append(element("span", [t.company, t.board, t.type].filter(Boolean).join(" · "), "why"));
    for (const [tag, applies] of [["would move", t.would_move], ["outside: " + t.misplaced, t.misplaced], ["moved by this service", t.own_move], ...money.map((name) => [name.replaceAll("_", " "), t[name] > 0])]) if (applies) summary.append(element("span", tag, "tag"));
    const decided = element("td"); decided.append(element("span", spoken(t.chart), "s-" + t.chart), element("span", t.chart === "review" ? t.rule : t.why || t.rule, "why"));
    const was = element("td"); was.append(element("span", spoken(t.outcome), "s-" + t.outcome), element("span", t.because, "why"));
    row.append(number, element("td", t.entered.slice(0, 10)), summary, decided, was);
    for (const [value, label] of [[amount(t.hours), "Hours"], [`${t.currency} ${amount(t.revenue)}`.trim(), "Revenue"]]) { const cell = element("td", value, "n"); cell.dataset.l = label; row.append(cell); }
    return row;
  };
  const draw = () => {
    body.replaceChildren(...shown.slice(0, limit).map(line));
    at("more").hidden = shown.length <= limit;
    const total = (list, key) => list.some((t) => t[key] === null) && list.every((t) => t[key] === null) ? null : list.reduce((sum, t) => sum + Math.round(t[key] * 100), 0) / 100;
    const key = money.includes(filters.kind.value) ? filters.kind.value : "revenue";
    const currencies = [...new Set(shown.filter((t) => t[key]).map((t) => t.currency))].sort();
    const summed = shown.length ? [`${amount(total(shown, "hours"))} hours`, ...currencies.map((name) => `${name} ${amount(total(shown.filter((t) => t.currency === name), key))} ${key.replaceAll("_", " ")}`)] : [];
    at("count").textContent = [`${shown.length.toLocaleString("en-US")} of ${tickets.length.toLocaleString("en-US")} tickets`, ...summed].join(", ");
  };
  const choose = () => {
    const words = filters.words.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const is = (key, t) => filters[key].value === "" || t[key] === (filters[key].value === "\u0000" ? "" : filters[key].value);
    shown = tickets.filter((t) => {
      if (filters.kind.value && !kinds[filters.kind.value](t)) return false;
      if (!is("chart", t) || !is("outcome", t) || !is("board", t)) return false;
      const text = [t.id, t.summary, t.company, t.board, t.type, t.why, t.because].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
    shown.sort((a, b) => (sorted.down ? -1 : 1) * compare(a[sorted.key] ?? -Infinity, b[sorted.key] ?? -Infinity) || a.id - b.id);
    limit = PAGE; draw();
  };
  const mark = (row, head, down) => {
    for (const other of row.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  };

  for (const key of ["chart", "outcome", "board"]) fill(filters[key], key);
  for (const filter of Object.values(filters)) filter.addEventListener("input", choose);
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("more").addEventListener("click", () => { limit += 5 * PAGE; draw(); });
  // The heads of the columns sort; a phone has a choice in their place.
  const heads = [...at("list").tHead.rows[0].cells];
  const sort = (key, down) => {
    sorted = { key, down };
    const head = heads.find((one) => one.dataset.k === key);
    mark(head.parentElement, head, down); at("f-sort").value = `${key} ${down}`; choose();
  };
  for (const head of heads) {
    const key = head.dataset.k, number = head.classList.contains("n");
    head.firstElementChild.addEventListener("click", () => sort(key, sorted.key === key ? !sorted.down : number));
    for (const down of number ? [true, false] : [false, true]) {
      const option = element("option", `${head.textContent}, ${down ? "descending" : "ascending"}`);
      option.value = `${key} ${down}`;
      at("f-sort").append(option);
    }
  }
  at("f-sort").addEventListener("input", () => { const [key, down] = at("f-sort").value.split(" "); sort(key, down === "true"); });
  for (const table of document.querySelectorAll("table.sortable")) for (const head of table.tHead.rows[0].cells) head.firstElementChild.addEventListener("click", () => {
    const column = head.cellIndex, down = head.getAttribute("aria-sort") === "descending" ? false : head.getAttribute("aria-sort") === "ascending" || column > 0;
    const value = (row) => { const cell = row.cells[column]; return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v); };
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort((a, b) => (down ? -1 : 1) * compare(value(a), value(b))));
    mark(head.parentElement, head, down);
  });
  sort("entered", true);
})();
