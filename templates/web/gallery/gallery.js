// Search, the filter by channel, and letters as tall as what is in them.
"use strict";

const tools = document.querySelector(".tools");
const search = document.querySelector("#search");
const cards = [...document.querySelectorAll(".card")];

const plain = (text) => text.toLowerCase().replaceAll("ё", "е").trim();

function show() {
  const wanted = plain(search.value).split(/\s+/);
  const channel = tools.elements.channel.value;
  let found = 0;
  for (const card of cards) {
    const name = plain(card.dataset.find);
    const carries = !channel || card.dataset.channels.split(" ").includes(channel);
    card.hidden = !carries || !wanted.every((word) => name.includes(word));
    found += !card.hidden && !card.classList.contains("lost");
    if (channel) open(card, channel);
  }
  for (const block of document.querySelectorAll(".block")) {
    block.hidden = !block.querySelector(".card:not([hidden])") && !block.querySelector(".empty");
  }
  tools.querySelector(".found").value = `${tools.dataset.found}: ${found}`;
  document.querySelector(".none-found").hidden = cards.some((card) => !card.hidden);
}

function open(card, channel) {
  const tab = card.querySelector(`.tab[value="${CSS.escape(channel)}"]`);
  if (tab) tab.checked = true;
}

function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (page?.offsetHeight) frame.style.height = `${page.offsetHeight + 2}px`;
}

const frames = [...document.querySelectorAll("iframe")];
for (const frame of frames) frame.addEventListener("load", () => fit(frame));
for (const event of ["change", "resize"]) addEventListener(event, () => frames.forEach(fit));

if (tools) {
  tools.hidden = false;
  tools.addEventListener("input", show);
  tools.addEventListener("submit", (event) => event.preventDefault());
  show();
}

addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
