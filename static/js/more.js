// Keeps the beginning of a long message where it is when it is shown whole: the log holds its end in place, and the
// beginning would go out of sight. Without it: one scrolls up to it.
const topOf = (element) => element.getBoundingClientRect().top;

document.addEventListener("click", ({ target }) => {
  const more = target.closest?.("#log .show-more:not([open]) > summary");
  const text = more?.parentElement.previousElementSibling;
  const top = text && topOf(text);
  if (text) requestAnimationFrame(() => (document.getElementById("log").scrollTop += topOf(text) - top));
});
