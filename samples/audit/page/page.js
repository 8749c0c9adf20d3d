"use strict";
(() => {
  // Everything that came from AWS is put into the page as text (textContent), so that no alias or tag can become markup.
  const { texts, rows: packed, columns: names } = JSON.parse(document.getElementById("data").textContent);
  const PAGE_SIZE = 100, MAX_PRINTED = 5000;
  const VERDICTS = ["NON_COMPLIANT", "NOT_JUDGED", "COMPLIANT", "NOT_APPLICABLE"];
  const FINDINGS = ["NON_COMPLIANT", "NOT_JUDGED"];
  const FILTERS = ["verdict", "reason", "account", "region"];
  const DETAILS = [["ARN", "arn"], ["All aliases", "aliases"], ["Description", "description"], ["State", "state"], ["Key spec", "spec"],
    ["Origin", "origin"], ["Multi-Region", "multiRegion"], ["Created", "created"], ["Rotations", "rotations"],
    ["Key material", "material"], ["Since the earlier audit", "since"], ["Use", "use"], ["Tags", "tags"]];

  const $ = id => document.getElementById(id);
  const collator = new Intl.Collator("en", { numeric: true });
  const number = n => n.toLocaleString("en");
  const byText = name => (a, b) => collator.compare(a[name] ?? "", b[name] ?? "");

  const rows = packed.map(cells => Object.fromEntries(cells.map((cell, i) => [names[i], cell === null ? null : texts[cell]])));
  for (const row of rows) {
    row.text = Object.values(row).filter(Boolean).join("\n").toLowerCase();
    row.days = row.period === null ? null : Number(row.period);
  }

  const COLUMNS = [
    { title: "Verdict", compare: (a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict), fill: verdictCell },
    { title: "Key", compare: (a, b) => collator.compare(a.alias ?? a.id, b.alias ?? b.id), fill: keyCell },
    { title: "Account, Region", compare: (a, b) => byText("account")(a, b) || byText("region")(a, b), fill: placeCell },
    { title: "Period, days", number: true, isEmpty: row => row.days === null, compare: (a, b) => a.days - b.days,
      fill: (td, row) => cell(td, "number", row.days ?? (row.rotation === "false" ? "off" : "–")) },
    { title: "Next rotation", number: true, isEmpty: row => row.next === null, compare: byText("next"), fill: (td, row) => cell(td, "number", row.next ?? "–") },
    ...(rows.some(row => row.rotations !== null) ? [{ title: "Last rotation", number: true, isEmpty: row => row.rotated === null, compare: byText("rotated"), fill: rotatedCell }] : []),
    { title: "Finding and next step", compare: byText("finding"), fill: findingCell },
  ];

  let shown = rows, page = 0, sorted = null, descending = false;

  function element(name, className, text) {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function cell(td, className, text) {
    td.className = className;
    td.textContent = text;
  }

  function verdictCell(td, row) {
    td.className = row.verdict;
    td.append(element("span", "verdict", row.verdict));
  }

  function keyCell(td, row) {
    td.className = "key";
    td.append(element("span", "name", row.alias ?? "(no alias)"), element("span", "id", row.id));
    const details = element("details"), summary = element("summary", "", "Details");
    summary.append(element("span", "hidden", ` of ${row.alias ?? row.id}`));
    details.append(summary);
    // A hundred closed lists would be half of the page's elements: each is made when it is opened.
    details.addEventListener("toggle", () => {
      if (details.querySelector("dl")) return;
      const list = element("dl");
      for (const [label, name] of DETAILS) if (row[name]) list.append(element("dt", "", label), element("dd", "", row[name]));
      details.append(list);
    });
    td.append(details);
  }

  function rotatedCell(td, row) {
    cell(td, "number", row.rotated ?? (row.rotations === "0" ? "never" : "–"));
    if (row.rotationType) td.append(element("br"), element("small", "", row.rotationType === "ON_DEMAND" ? "on demand" : "automatic"));
  }

  function placeCell(td, row) {
    td.className = "place";
    td.append(element("span", "", row.account), element("br"), element("span", "", row.region));
  }

  function findingCell(td, row) {
    td.className = "finding";
    td.append(element("span", "", row.finding));
    if (row.step) td.append(element("span", "step", `Next step: ${row.step}`));
    if (row.use) td.append(element("span", "step", `Use: ${row.use}`));
  }

  function render(rendered) {
    const body = document.createDocumentFragment();
    for (const row of rendered) {
      const tr = element("tr");
      for (const column of COLUMNS) column.fill(tr.appendChild(element("td")), row);
      body.append(tr);
    }
    document.querySelector("#table tbody").replaceChildren(body);
  }

  // On paper, findings are what is read; the files beside it hold every key.
  function printed() {
    const all = document.body.classList.toggle("all", $("print-all").checked), wanted = all ? shown : shown.filter(row => FINDINGS.includes(row.verdict));
    const cut = wanted.length > MAX_PRINTED ? `; the first ${number(MAX_PRINTED)} are printed` : "";
    $("count").textContent = all || wanted.length === shown.length
      ? `${number(wanted.length)} keys${cut}`
      : `${number(wanted.length)} findings of ${number(shown.length)} keys${cut}; the other keys are in the page itself, and in the other reports`;
    return wanted.slice(0, MAX_PRINTED);
  }

  function show() {
    const pages = Math.max(1, Math.ceil(shown.length / PAGE_SIZE));
    page = Math.min(page, pages - 1);
    render(shown.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE));
    $("count").textContent = shown.length === rows.length ? `${number(rows.length)} keys` : `${number(shown.length)} of ${number(rows.length)} keys`;
    $("pages").hidden = pages === 1;
    $("page").textContent = `Page ${number(page + 1)} of ${number(pages)}`;
    $("previous").disabled = page === 0;
    $("next").disabled = page === pages - 1;
  }

  function filter() {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = FILTERS.map(name => [name, $(name).value]).filter(([, value]) => value);
    shown = rows.filter(row => wanted.every(([name, value]) => row[name] === value) && words.every(word => row.text.includes(word)));
    if (sorted) {
      const isEmpty = sorted.isEmpty ?? (() => false), direction = descending ? -1 : 1;
      // What has no value comes last in either direction.
      shown.sort((a, b) => isEmpty(a) - isEmpty(b) || (isEmpty(a) ? 0 : direction * sorted.compare(a, b)));
    }
    page = 0;
    show();
  }

  function sort(column, th) {
    descending = sorted === column && !descending;
    sorted = column;
    for (const other of document.querySelectorAll("#table th")) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", descending ? "descending" : "ascending");
    filter();
  }

  function turn(pages) {
    page += pages;
    show();
    $("keys-title").scrollIntoView();
  }

  for (const column of COLUMNS) {
    const th = element("th", column.number ? "number" : ""), button = element("button", "", column.title);
    th.scope = "col";
    th.dataset.title = column.title;
    button.type = "button";
    button.addEventListener("click", () => sort(column, th));
    th.append(button);
    document.querySelector("#table thead tr").append(th);
  }

  for (const name of FILTERS) {
    const counts = new Map();
    for (const row of rows) counts.set(row[name], (counts.get(row[name]) ?? 0) + 1);
    const order = name === "verdict" ? VERDICTS.filter(verdict => counts.has(verdict)) : [...counts.keys()].sort(collator.compare);
    $(name).append(new Option("All", ""), ...order.map(value => new Option(`${value} (${number(counts.get(value))})`, value)));
    $(name).addEventListener("change", filter);
  }

  $("search").addEventListener("input", filter);
  $("filters").addEventListener("submit", event => event.preventDefault());
  $("filters").addEventListener("reset", () => setTimeout(filter));
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));
  addEventListener("beforeprint", () => render(printed()));
  addEventListener("afterprint", show);
  $("filters").hidden = $("table").hidden = false;
  show();
})();
