// Draws the charts of charts-*.js in the colours of the page, and again when its scheme changes.
"use strict";
const drawing = (() => {
  const drawn = new Map();

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function configuration() {
    const ink = colour("--quiet");
    return {
      axis: { labelColor: ink, domainColor: colour("--line"), tickColor: colour("--line"), gridColor: colour("--line"), labelFontSize: 13 },
      view: { stroke: null },
      font: "system-ui, sans-serif",
    };
  }

  // One chart of `charts` into an element, which gets the words that say what it shows.
  async function draw(element, name, rows, words) {
    drawn.get(element)?.finalize?.();
    drawn.set(element, { name, rows, words });
    const isWide = element.classList.contains("chart");
    const width = isWide ? element.clientWidth : charts[name].width;
    const days = isWide ? (rows[rows.length - 1].as_of - rows[0].as_of) / 86400e3 : 0;
    const values = {
      accent: colour("--accent"),
      muted: colour("--muted"),
      bar: Math.max(2, Math.min(24, width / (2 * rows.length))),
      ticks: days < 6 ? "day" : Math.max(2, Math.floor(width / 130)),
    };
    const { finalize } = await vegaEmbed(element, {
      ...charts[name],
      width,
      data: charts[name].data.map((one) => (one.name === "table" ? { ...one, values: rows } : one)),
      signals: charts[name].signals.map((one) => ({ ...one, value: values[one.name] ?? one.value })),
    }, { mode: "vega", renderer: "svg", actions: false, defaultStyle: false, tooltip: isWide, config: configuration() });
    const known = drawn.get(element);
    if (!known) return finalize();
    known.finalize = finalize;
    const picture = element.querySelector("svg");
    if (picture) {
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", words);
    }
  }

  function forget(element) {
    drawn.get(element)?.finalize?.();
    drawn.delete(element);
  }

  function again() {
    for (const [element, { name, rows, words }] of [...drawn]) draw(element, name, rows, words);
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  return { draw, forget };
})();
