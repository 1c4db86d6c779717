/* Choosing a part of a rule chooses the rule; copying an address. Works without, with more clicks. */
document.addEventListener("input", (event) => {
  const way = event.target.closest(".way");
  if (!way || event.target.matches("[data-how]")) return;
  const how = way.querySelector("[data-how]");
  if (how) how.checked = true;
}, true);
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const said = button.parentElement.querySelector("[data-copied]");
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    said.textContent = said.dataset.copied;
  });
}
