// Search, the filter by channel, and letters as tall as what is in them.
"use strict";

const tools = document.querySelector(".tools");
const cards = [...document.querySelectorAll(".card")];

const plain = (text) => text.toLowerCase().replaceAll("ё", "е").trim();

function show() {
  const words = plain(tools.elements.search.value).split(/\s+/);
  const channel = tools.elements.channel.value;
  let found = 0;
  for (const card of cards) {
    const name = plain(card.dataset.find);
    const carries = !channel || card.dataset.channels.split(" ").includes(channel);
    card.hidden = !carries || !words.every((word) => name.includes(word));
    found += !card.hidden && !card.classList.contains("lost");
    if (channel) bringForward(card, channel);
  }
  for (const block of document.querySelectorAll(".block")) {
    block.hidden = !block.querySelector(".card:not([hidden]), .empty");
  }
  tools.querySelector(".found").value = `${tools.dataset.found}: ${found}`;
  const none = cards.length && cards.every((card) => card.hidden);
  document.querySelector(".none-found").hidden = !none;
  fitAll();
}

function bringForward(card, channel) {
  const tab = card.querySelector(`.tab[value="${CSS.escape(channel)}"]`);
  if (tab) tab.checked = true;
}

function fit(frame) {
  const height = frame.contentDocument?.documentElement?.offsetHeight;
  if (height) frame.style.height = `${height + 2}px`;
}

function fitAll() {
  document.querySelectorAll("iframe").forEach(fit);
}

// A frame's load does not bubble, but can be caught on its way down.
document.addEventListener("load", ({ target }) => target.matches?.("iframe") && fit(target), true);
addEventListener("resize", fitAll);
addEventListener("change", fitAll);
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});

if (tools) {
  tools.hidden = false;
  tools.addEventListener("input", show);
  tools.addEventListener("submit", (event) => event.preventDefault());
  show();
}
