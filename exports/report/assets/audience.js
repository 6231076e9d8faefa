// The charts of an audience over time.
"use strict";
(() => {
  const number = new Intl.NumberFormat("en");
  const rows = milepost.map((day) => ({ ...day, as_of: Date.parse(day.as_of) }));
  const first = rows[0], last = rows[rows.length - 1];
  const words = {
    size: `Size over time, from ${number.format(first.size)} to ${number.format(last.size)}; the table below has every figure`,
    changes: "Adds and drops over time; the table below has every figure",
    volatility: "Volatility over time; the table below has every figure",
  };

  function draw() {
    for (const element of document.querySelectorAll("[data-chart]")) {
      const name = element.dataset.chart;
      const known = name === "size" ? rows : rows.filter((day) => day[name === "changes" ? "adds" : name] !== null);
      if (known.length === 0) {
        element.textContent = "not known yet: it takes the figures of two days that follow one another";
        continue;
      }
      drawing.draw(element, name, known, words[name]);
    }
  }

  draw();
  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, 150);
  });
})();
