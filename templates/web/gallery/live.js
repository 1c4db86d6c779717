// The live pages: look again every two seconds, and forget what came when asked to.
"use strict";

const main = document.querySelector("main");
let last = main.innerHTML;

async function look() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main").innerHTML;
  if (fresh === last) return;
  const read = main.querySelector(".messages")?.scrollTop;
  main.innerHTML = last = fresh;
  const messages = main.querySelector(".messages");
  if (messages && read) messages.scrollTop = read;
}

for (const button of document.querySelectorAll("[data-clear]")) {
  button.addEventListener("click", async () => {
    await fetch(button.dataset.clear, { method: "POST" });
    await look();
  });
}

setInterval(look, 2000);
