// The canvas of a journey: zoomed, dragged, printed whole; details of a milestone, and what adds one.
"use strict";
(() => {
  const canvas = document.querySelector("#canvas");
  const picture = canvas.querySelector(".picture");
  const LEAST = 0.1, READABLE = 0.6, MOST = 2;
  let zoom = 1;

  function setZoom(value) {
    const middle = [
      (canvas.scrollLeft + canvas.clientWidth / 2) / zoom,
      (canvas.scrollTop + canvas.clientHeight / 2) / zoom,
    ];
    zoom = Math.min(MOST, Math.max(LEAST, value));
    picture.style.zoom = zoom;
    canvas.scrollLeft = middle[0] * zoom - canvas.clientWidth / 2;
    canvas.scrollTop = middle[1] * zoom - canvas.clientHeight / 2;
  }

  // The whole picture, or the part of it below the inputs that is large enough to read.
  function fit(least) {
    picture.style.zoom = 1;
    const whole = Math.min(1, canvas.clientWidth / picture.scrollWidth);
    setZoom(Math.max(least, whole));
    canvas.scrollLeft = (canvas.scrollWidth - canvas.clientWidth) / 2;
    canvas.scrollTop = 0;
  }

  document.querySelector("#zoom-in").addEventListener("click", () => setZoom(zoom * 1.25));
  document.querySelector("#zoom-out").addEventListener("click", () => setZoom(zoom / 1.25));
  document.querySelector("#zoom-fit").addEventListener("click", () => fit(LEAST));
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    setZoom(zoom * Math.exp(-event.deltaY / 300));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    if (event.target !== canvas) return;
    if (event.key === "+" || event.key === "=") setZoom(zoom * 1.25);
    else if (event.key === "-") setZoom(zoom / 1.25);
    else if (event.key === "0") fit(LEAST);
  });

  let grabbed = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("button, a, pre")) return;
    grabbed = [event.clientX + canvas.scrollLeft, event.clientY + canvas.scrollTop];
    canvas.setPointerCapture(event.pointerId);
    canvas.classList.add("dragging");
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!grabbed) return;
    canvas.scrollLeft = grabbed[0] - event.clientX;
    canvas.scrollTop = grabbed[1] - event.clientY;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      grabbed = null;
      canvas.classList.remove("dragging");
    });
  }

  // A landscape page of A4 less its margins, in pixels.
  let before = 1;
  addEventListener("beforeprint", () => {
    before = zoom;
    picture.style.zoom = 1;
    picture.style.zoom = Math.min(1, 1040 / picture.scrollWidth, 640 / picture.scrollHeight);
  });
  addEventListener("afterprint", () => setZoom(before));

  const details = document.querySelector("#details");
  for (const name of canvas.querySelectorAll("[data-details]")) {
    name.addEventListener("click", () => {
      const content = document.querySelector(`template[data-of="${name.dataset.details}"]`).content;
      document.querySelector("#details-content").replaceChildren(content.cloneNode(true));
      details.showModal();
    });
  }

  const add = document.querySelector("#add");
  for (const plus of document.querySelectorAll("[data-add]")) {
    plus.addEventListener("click", () => {
      const { under, before: left } = plus.dataset;
      const options = [under && `--under ${under}`, left && `--before ${left}`].filter(Boolean).join(" ");
      document.querySelector("#add-command").textContent =
        `milepost new milestone ${canvas.dataset.journey} new_step ${options}`.trimEnd();
      document.querySelector("#add-yaml").textContent =
        "- milestone: new_step\n  criteria: {event: {name: Play, within: 7 days}}\n";
      const list = under ? `the \`next\` of \`${under}\`` : "`milestones`";
      document.querySelector("#add-place").textContent = left
        ? `in ${list}, before \`${left}\`` : `at the end of ${list}, before what remains`;
      document.querySelector("#copied").textContent = "";
      add.showModal();
    });
  }
  for (const copy of document.querySelectorAll("[data-copy]")) {
    copy.addEventListener("click", async () => {
      const source = document.querySelector(`#${copy.dataset.copy}`);
      let said = "Copied.";
      try {
        await navigator.clipboard.writeText(source.textContent);
      } catch {
        // Pages that are not served securely may not write to the clipboard: what is selected can be copied by hand.
        getSelection().selectAllChildren(source);
        said = "Selected: copy it with the keyboard.";
      }
      document.querySelector("#copied").textContent = said;
    });
  }
  for (const close of document.querySelectorAll("[data-close]")) {
    close.addEventListener("click", () => close.closest("dialog").close());
  }
  fit(READABLE);
})();
