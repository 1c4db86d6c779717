// The sheet of an announcement: marks for the text, chips of those chosen, saving without a button.
"use strict";

const form = document.getElementById("draft");
const body = document.getElementById("body");
const chips = document.getElementById("chips");
const found = document.getElementById("found");
const people = document.getElementById("people");
const find = document.getElementById("find");
const saved = document.getElementById("saved");
const conflict = document.getElementById("conflict");

// The text -------------------------------------------------------------------------------------

function put(text, from, to) {
  body.focus();
  body.setSelectionRange(from, to);
  if (document.execCommand("insertText", false, text)) return; // can be undone, and tells of itself
  body.setRangeText(text, from, to, "end");
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

function wrap(before, after, empty) {
  const { selectionStart: from, selectionEnd: to } = body;
  const words = body.value.slice(from, to) || empty;
  put(before + words + after, from, to);
  body.setSelectionRange(from + before.length, from + before.length + words.length);
}

function mark(sign) {
  const from = body.value.lastIndexOf("\n", body.selectionStart - 1) + 1;
  const lines = body.value.slice(from, body.selectionEnd).split("\n");
  put(lines.map((line) => sign + line).join("\n"), from, body.selectionEnd);
}

function spaced(word) {
  return /\S$/.test(body.value.slice(0, body.selectionEnd)) ? ` ${word}` : word;
}

const tools = document.querySelector(".tools");
tools.hidden = false;
tools.addEventListener("click", (event) => {
  const { before, after, empty, line, put: text } = event.target.closest("button")?.dataset ?? {};
  if (before) wrap(before, after, empty);
  if (line) mark(line);
  if (text) put(spaced(text), body.selectionEnd, body.selectionEnd);
});

// Whom it is for -------------------------------------------------------------------------------

const ticked = () => document.querySelectorAll("#to input[type=checkbox]:checked");

function chip(box) {
  const name = box.closest("label").querySelector("[data-name]").textContent;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "second";
  button.textContent = `${name} ×`;
  button.setAttribute("aria-label", chips.dataset.remove.replace("{name}", name));
  button.addEventListener("click", () => {
    const place = [...chips.querySelectorAll("button")].indexOf(button);
    box.checked = false;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    const left = chips.querySelectorAll("button");
    (left[Math.min(place, left.length - 1)] ?? find).focus();
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function showChips() {
  const boxes = [...ticked()];
  chips.replaceChildren(...boxes.map(chip));
  chips.hidden = boxes.length === 0;
}

function narrow() {
  const letters = find.value.trim().toLocaleLowerCase();
  for (const choice of document.querySelectorAll("[data-group]")) {
    const name = choice.querySelector("[data-name]").textContent.toLocaleLowerCase();
    choice.hidden = !name.includes(letters) && !choice.querySelector("input").checked;
  }
}

document.getElementById("to").addEventListener("change", (event) => {
  const box = event.target;
  if (box.name === "people" && box.checked && found.contains(box)) {
    people.append(box.closest("label"));
    find.focus();
  }
  if (box.name === "people" && !box.checked) box.closest("label").remove();
  showChips();
});
people.hidden = true; // the chips show them and take them off
document.querySelector("[data-plain]").hidden = true; // the search answers by itself
find.addEventListener("input", narrow);
find.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});
showChips();

// A person who was found and is chosen already is not offered again.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== found) return;
  for (const box of found.querySelectorAll("input")) {
    if (people.querySelector(`input[value="${box.value}"]`)) box.closest("label").remove();
  }
});

// When -----------------------------------------------------------------------------------------

// What repeats itself, and the draft of one date, have no time of their own to choose.
const wanted = document.getElementById("wanted_at");
wanted?.addEventListener("input", () => {
  if (wanted.value) document.querySelector("[name=when][value=later]").checked = true;
});

// Saving ---------------------------------------------------------------------------------------

// What is searched is no change of the sheet.
for (const kind of ["input", "change"]) find.addEventListener(kind, (event) => event.stopPropagation());

let saving = false;
let leaving = null;
let typed = 0; // changes so far,
let sent = 0; // those that are on their way,
let kept = 0; // and those that are saved
let unsaved = false; // the last try to save failed
let out = false; // the person has been signed out meanwhile
const ours = (event) => event.detail.elt === form;
const page = new URL(form.action).pathname;

// Words typed before this script ran are saved like those typed after it.
window.addEventListener("load", () => {
  for (const field of [document.getElementById("title"), body]) {
    if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

for (const kind of ["input", "change"]) {
  document.getElementById("sheet").addEventListener(kind, () => {
    typed += 1;
    if (out) renew();
  });
}

// Who has signed in again in another window got a new key: the page that stayed open fetches it.
async function renew() {
  out = false;
  const answer = await fetch(form.action, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = fresh.querySelector("[name=csrfmiddlewaretoken]").value;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token;
}

form.addEventListener("saved", () => { kept = sent; });

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!ours(event)) return;
  if (conflict.childElementCount) {
    event.preventDefault(); // a person must choose first
    return;
  }
  saving = true;
  sent = typed;
});
// An answer that leads to the form for signing in would take the page with its words away.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (ours(event) && event.detail.xhr.getResponseHeader("HX-Redirect")) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!ours(event)) return;
  saving = false;
  const { failed, xhr } = event.detail;
  out = xhr.status === 403 || xhr.getResponseHeader("HX-Redirect") !== null;
  unsaved = out || failed || xhr.status === 0;
  saved.classList.toggle("trouble", unsaved);
  if (unsaved) saved.textContent = saved.dataset[out ? "out" : xhr.status === 404 ? "gone" : "trouble"];
  const button = leaving;
  leaving = null;
  if (button && !unsaved) form.requestSubmit(button);
});

// A button waits until what is on its way is saved: its version would be too old otherwise.
// After a save that failed it tries once more first: leaving would lose the words.
form.addEventListener("submit", (event) => {
  if (saving || unsaved) {
    event.preventDefault();
    event.stopPropagation();
    leaving = event.submitter;
    if (!saving) document.getElementById("sheet").dispatchEvent(new Event("change", { bubbles: true }));
  } else {
    kept = typed;
  }
});

// Who leaves before the last words are saved is asked.
window.addEventListener("beforeunload", (event) => {
  if (typed > kept) event.preventDefault();
});
