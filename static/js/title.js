// The page's title: the unread count comes first, whatever else it says. Without it: the title as the page came with it.
const COUNT = /^\(\d+\+?\) /;

export const bare = () => document.title.replace(COUNT, "");

export function entitle(words = bare()) {
  const count = Number(document.getElementById("messages-link")?.dataset.unread ?? 0);
  const title = count ? `(${count > 99 ? "99+" : count}) ${words}` : words;
  if (document.title !== title) document.title = title;
}
