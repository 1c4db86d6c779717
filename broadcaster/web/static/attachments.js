// Files leave as soon as they are chosen or dropped here; a bar shows how far they are.
"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const place = (event) => event.target.closest?.("[data-drop]");

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches("[data-files]") && input.files.length) input.form.requestSubmit();
  });

  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // a file dropped beside the place must not take the page away
      place(event)?.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const over = place(event);
      if (over && !(kind === "dragleave" && over.contains(event.relatedTarget))) over.classList.remove("over");
    });
  }
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    const input = place(event)?.querySelector("[data-files]");
    if (!input) return;
    input.files = event.dataTransfer.files;
    input.form.requestSubmit();
  });

  const part = (event, name) => event.target.querySelector?.(`[data-${name}]`);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const bar = part(event, "progress");
    if (!bar) return;
    bar.hidden = false;
    part(event, "trouble").hidden = true;
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = part(event, "progress");
    if (!bar || !event.detail.lengthComputable) return;
    const percent = Math.round((100 * event.detail.loaded) / event.detail.total);
    bar.querySelector("progress").value = percent;
    bar.querySelector("[data-percent]").textContent = `${percent}\u00a0%`;
    bar.querySelector("[data-checking]").hidden = percent < 100;
  });
  for (const kind of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(kind, (event) => {
      if (!part(event, "progress")) return;
      part(event, "progress").hidden = true;
      part(event, "trouble").hidden = false;
      part(event, "files").value = "";
    });
  }

  // What had the focus is gone when the list is drawn anew: the heading takes it.
  let within = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id === "attachments") within = event.detail.target.contains(document.activeElement);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!within || event.detail.target?.id !== "attachments") return;
    within = false;
    const home = document.querySelector("#attachments [data-files]") || document.querySelector("#attachments h2");
    home?.focus({ preventScroll: true });
  });
})();
