// The channel that is looked at stays the same when the samples are drawn anew.
"use strict";
(() => {
  let looked = "";
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-preview]")) looked = event.target.value;
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (!looked) return;
    for (const tab of document.querySelectorAll("[data-preview]")) {
      if (tab.value === looked) tab.checked = true;
    }
  });
})();
