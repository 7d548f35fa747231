// Shows times in the browser's zone and keeps one separator for each of its days. Without it: the profile's zone.
const DAY = 86400000;
const format = (options) => new Intl.DateTimeFormat("en-GB", options);
const clock = format({ hour: "2-digit", minute: "2-digit" });
const weekday = format({ weekday: "short" });
const date = format({ day: "numeric", month: "short" });
const year = format({ day: "numeric", month: "short", year: "numeric" });
const day = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const full = format({ dateStyle: "full", timeStyle: "short" });

function inLists(moment) {
  const age = Date.now() - moment;
  if (age < DAY) return clock.format(moment);
  if (age < 7 * DAY) return weekday.format(moment);
  return (moment.getFullYear() === new Date().getFullYear() ? date : year).format(moment);
}

const formats = { list: inLists, clock: (m) => clock.format(m), day: (m) => day.format(m).replace(",", ""), full: (m) => full.format(m) };

function show(time) {
  const moment = new Date(time.dateTime);
  const text = formats[time.dataset.format]?.(moment);
  if (text && time.textContent !== text) time.textContent = text;
  if (time.title) time.title = full.format(moment);
}

function separate(list) {
  const there = new Set(list.querySelectorAll(":scope > .day")); // one that is right stays: the log is read aloud
  let shown = "";
  for (const item of list.querySelectorAll(":scope > [data-seq]")) {
    const time = item.querySelector("time");
    const text = day.format(new Date(time.dateTime)).replace(",", "");
    if (text === shown) continue;
    shown = text;
    const above = item.previousElementSibling;
    const first = above?.classList.contains("new") ? above : item;
    const before = first.previousElementSibling;
    if (there.has(before) && before.textContent === text && there.delete(before)) continue;
    const separator = document.createElement("li");
    separator.className = "day";
    const label = document.createElement("time");
    label.dateTime = time.dateTime;
    label.dataset.format = "day";
    label.textContent = text;
    separator.append(label);
    first.before(separator);
  }
  there.forEach((separator) => separator.remove());
}

function refresh() {
  document.querySelectorAll("time[data-format]").forEach(show);
  document.querySelectorAll("#log-list").forEach(separate);
}

document.addEventListener("htmx:after:settle", refresh);
refresh();
