// Keeps the count in the window's title equal to the badge. Without it: the title has the count of the page's load.
function show() {
  const link = document.getElementById("messages-link");
  if (!link) return;
  const count = Number(link.dataset.unread);
  const bare = document.title.replace(/^\(\d+\+?\) /, "");
  const title = count ? `(${count > 99 ? "99+" : count}) ${bare}` : bare;
  if (document.title !== title) document.title = title;
}

document.addEventListener("htmx:after:swap", show);
document.addEventListener("htmx:after:settle", show);
show();
