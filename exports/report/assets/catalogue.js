// The table of the catalogue: searched, filtered and sorted over the data, a page of it in the document.
"use strict";
(() => {
  const PAGE = 100;
  const body = document.querySelector("#audiences tbody");
  if (!body) return;
  const number = new Intl.NumberFormat("en");
  const percent = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const collator = new Intl.Collator("en", { numeric: true });
  const search = document.querySelector("#search");
  const state = document.querySelector("#state");
  const tags = [...document.querySelectorAll("#tags input")];
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const heads = [...document.querySelectorAll("#audiences th")];
  const rows = milepost.audiences.map((row) => ({
    ...row,
    text: [row.name, row.id, row.journey_name, row.owner, row.created_by, ...row.tags, ...row.outputs.map((one) => one.id)]
      .filter(Boolean).join("\n").toLocaleLowerCase("en"),
  }));
  let sorted = null, descending = false, span = "all", from = 0, found = rows;

  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  }

  function cell(label, className, ...children) {
    const kept = children.filter((child) => child !== null && child !== "");
    const element = make("td", { className: kept.length ? className : `${className} nothing` }, ...kept);
    if (label) element.dataset.label = label;
    return element;
  }

  function figure(value, format = number) {
    return value === null ? "–" : format.format(value);
  }

  function row(one) {
    const name = make("a", { href: `audiences/${one.id}.html`, className: "name" }, make("bdi", { textContent: one.name }));
    const journey = one.journey && one.journey_name !== null
      ? make("span", { className: "small" }, " in ", make("a", { href: `journeys/${one.journey}.html` }, make("bdi", { textContent: one.journey_name })))
      : null;
    const variants = one.variants.length
      ? make("span", { className: "said small", title: one.variants.join(", ") }, ` % ${one.variants.length} variants`) : null;
    const looks = one.looks.map((text) => make("span", { className: "look small" }, text));
    const changed = one.is_redefined ? make("span", { className: "said" }, "definition changed since") : null;
    const said = one.is_estimate && one.size_text !== "–"
      ? make("span", { className: "said" }, ["~", "⚠"].includes(one.size_text) ? one.size_said : ["estimate", one.size_said].filter(Boolean).join(", ")) : null;
    const outputs = make("ul", { className: "outputs" }, ...one.outputs.map((output) =>
      make("li", { className: `output output-${output.state}` }, make("span", { className: "dot", ariaHidden: "true" }), `${output.id} `, make("span", { className: "said" }, output.state))));
    const labels = make("span", {}, ...one.tags.flatMap((tag) => [make("span", { className: "tag" }, make("bdi", { textContent: tag })), " "]));
    const updated = one.updated_at ? make("time", { dateTime: one.updated_at, textContent: one.updated_at.slice(0, 10) }) : null;
    const trend = one.trend.length > 1 ? make("div", { className: "trend" }) : null;
    if (trend) trend.sizes = one.trend;
    const element = make("tr", {},
      cell("", "audience", name, variants, make("div", { className: "small said" }, make("code", { textContent: one.id }), journey), ...looks),
      cell("State", "", make("span", { className: `state state-${one.state}` }, one.state)),
      cell("Size", "number size", make("span", { className: "size", textContent: one.size_text }), said, changed),
      cell("Adds", "number", figure(one.adds)),
      cell("Drops", "number", figure(one.drops)),
      cell("Volatility", "number", figure(one.volatility, percent)),
      cell("", "", trend),
      cell("Outputs", "", one.outputs.length ? outputs : null),
      cell("Tags", "", one.tags.length ? labels : null),
      cell("Owner", "owner", one.owner),
      cell("Access", "", one.access),
      cell("Updated", "updated", updated, one.created_by ? make("span", { className: "said small" }, `by ${one.created_by}`) : null));
    element.dataset.audience = one.id;
    return element;
  }

  function isWanted(one, words, wanted) {
    return words.every((word) => one.text.includes(word))
      && (state.value === "" || one.state === state.value)
      && wanted.every((tag) => one.tags.includes(tag))
      && (span === "all" || (span === "shared" ? one.is_shared : one.workspaces > 0 && (one.workspaces === 1) === (span === "single")));
  }

  function compare(first, second) {
    const one = first[sorted], other = second[sorted];
    if (one === other) return 0;
    // What is not known comes last, whichever way the rest is sorted.
    if (one === null) return 1;
    if (other === null) return -1;
    const order = typeof one === "number" ? one - other : collator.compare(one, other);
    return descending ? -order : order;
  }

  function find() {
    const words = search.value.toLocaleLowerCase("en").split(/\s+/).filter(Boolean);
    const wanted = tags.filter((tag) => tag.checked).map((tag) => tag.dataset.tag);
    found = rows.filter((one) => isWanted(one, words, wanted));
    if (sorted) found.sort(compare);
    from = 0;
    show();
  }

  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      requestIdleCallback(() => {
        if (!target.isConnected) return;
        const sizes = target.sizes;
        const words = `trend, from ${number.format(sizes[0])} to ${number.format(sizes[sizes.length - 1])}`;
        drawing.draw(target, "trend", sizes.map((size, place) => ({ place, size })), words);
      });
    }
  });

  function show() {
    for (const trend of body.querySelectorAll(".trend")) {
      seen.unobserve(trend);
      drawing.forget(trend);
    }
    body.replaceChildren(...found.slice(from, from + PAGE).map(row));
    for (const trend of body.querySelectorAll(".trend")) seen.observe(trend);
    const to = Math.min(found.length, from + PAGE);
    document.querySelector("#count").textContent = found.length === rows.length
      ? `${number.format(rows.length)} audiences` : `${number.format(found.length)} of ${number.format(rows.length)} audiences`;
    document.querySelector(".pager").hidden = found.length <= PAGE;
    document.querySelector("#place").textContent = `${number.format(from + 1)} – ${number.format(to)} of ${number.format(found.length)}`;
    document.querySelector("#previous").disabled = from === 0;
    document.querySelector("#next").disabled = to === found.length;
  }

  function turn(by) {
    from += by;
    show();
    document.querySelector("#audiences").scrollIntoView({ block: "start" });
  }

  function choose(tab) {
    span = tab.dataset.span;
    for (const one of tabs) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
    }
    document.querySelector("#rows").setAttribute("aria-labelledby", tab.id);
    find();
  }

  search.addEventListener("input", find);
  state.addEventListener("change", find);
  for (const tag of tags) tag.addEventListener("change", find);
  document.querySelector("#filters").addEventListener("submit", (event) => event.preventDefault());
  document.querySelector("#previous").addEventListener("click", () => turn(-PAGE));
  document.querySelector("#next").addEventListener("click", () => turn(PAGE));
  for (const [place, tab] of tabs.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const other = tabs[(place + step + tabs.length) % tabs.length];
      other.focus();
      choose(other);
    });
  }
  for (const head of heads) {
    const button = head.querySelector("[data-sort]");
    button?.addEventListener("click", () => {
      const isNumber = head.classList.contains("number") || button.dataset.sort === "updated_at";
      descending = sorted === button.dataset.sort ? !descending : isNumber;
      sorted = button.dataset.sort;
      for (const one of heads) one.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      find();
    });
  }
  find();
})();
