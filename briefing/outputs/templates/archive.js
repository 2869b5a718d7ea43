"use strict";
const bar = document.querySelector("[role=search]"), box = bar.querySelector("input"), found = bar.querySelector("output");
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const parts = [...document.querySelectorAll("main section")].map((month) => ({ month, days: [...month.querySelectorAll("article")].map((day) => ({ day })) }));
let read = false;
const readAll = () => parts.forEach(({ days }) => days.forEach((entry) => {
  entry.more = entry.day.querySelector("details");
  entry.was = entry.more?.open;
  entry.lines = [...entry.day.querySelectorAll("li")].map((line) => ({ line, text: fold(line.textContent) }));
  read = true;
}));
const search = () => {
  const words = fold(box.value).split(/\s+/).filter(Boolean), searching = words.length > 0;
  if (!read && searching) readAll();
  let headlines = 0, editions = 0;
  for (const { month, days } of read ? parts : []) {
    let any = !searching;
    for (const { day, more, was, lines } of days) {
      let hits = 0;
      for (const { line, text } of lines) {
        const hit = words.every((word) => text.includes(word));
        if (line.hidden === hit) line.hidden = !hit;
        hits += hit;
      }
      day.hidden = searching && !hits;
      if (more) more.open = searching || was;
      headlines += hits;
      editions += hits > 0;
      any ||= hits > 0;
    }
    month.hidden = !any;
  }
  document.documentElement.classList.toggle("searching", searching);
  const many = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
  found.value = !searching ? "" : headlines ? `${many(headlines, "headline")} in ${many(editions, "edition")}` : "No headline has these words";
};
bar.hidden = false;
box.addEventListener("input", search);
addEventListener("pageshow", search);
