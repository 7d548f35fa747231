// Keeps the title, the window's icon and the app's badge equal to the unread count. Without it: as at the page's load.
const icon = document.querySelector("link[rel=icon]");
const plain = icon?.href;

function show() {
  const link = document.getElementById("messages-link");
  if (!link) return;
  const count = Number(link.dataset.unread);
  const bare = document.title.replace(/^\(\d+\+?\) /, "");
  const title = count ? `(${count > 99 ? "99+" : count}) ${bare}` : bare;
  if (document.title !== title) document.title = title;
  const shown = count ? plain.replace("icon.svg", "icon-unread.svg") : plain;
  if (icon.href !== shown) icon.href = shown;
  const told = count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  told?.catch(() => {}); // a badge is refused where the page is no installed app
}

document.addEventListener("htmx:after:swap", show);
document.addEventListener("htmx:after:settle", show);
show();
