// On every page: says beside each instant how long ago it was, when the page is read.
"use strict";
(() => {
  const units = [["year", 365.25 * 86400e3], ["day", 86400e3], ["hour", 3600e3], ["minute", 60e3]];
  const format = new Intl.RelativeTimeFormat("en", { numeric: "always" });

  function relative(milliseconds) {
    for (const [unit, length] of units) {
      if (Math.abs(milliseconds) >= 2 * length || unit === "minute") {
        return format.format(Math.trunc(milliseconds / length), unit);
      }
    }
  }

  for (const time of document.querySelectorAll("time[datetime]")) {
    const at = Date.parse(time.dateTime);
    if (!Number.isNaN(at)) time.after(` (${relative(at - Date.now())})`);
  }
})();
