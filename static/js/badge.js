// Keeps the title, the window's icon and the app's badge equal to the unread count. Without it: as at the page's load.
import { entitle } from "./title.js";

const icon = document.querySelector("link[rel=icon]");
const plain = icon?.href;

function show() {
  const link = document.getElementById("messages-link");
  if (!link) return;
  const count = Number(link.dataset.unread);
  entitle();
  const shown = count ? plain.replace("icon.svg", "icon-unread.svg") : plain;
  if (icon.href !== shown) icon.href = shown;
  const told = count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  told?.catch(() => {}); // a badge is refused where the page is no installed app
}

document.addEventListener("htmx:finally:swap", show); // before it a piece may bring a title of its own
show();
