// What every screen needs; htmx does the rest.
"use strict";

// A form is sent once: a second press while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[data-again]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// An answer that is not a page would be lost: htmx swaps refusals too, into the place for messages.
document.addEventListener("htmx:responseError", (event) => {
  const place = document.getElementById("messages");
  if (place) place.textContent = document.body.dataset.trouble || "";
});
