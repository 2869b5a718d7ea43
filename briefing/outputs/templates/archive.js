"use strict";
const bar = document.querySelector("[role=search]"), box = bar.querySelector("input"), found = bar.querySelector("output");
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const parts = [...document.querySelectorAll("main section")].map((month) => ({ month, days: [...month.querySelectorAll("article")].map((day) => ({ day })) }));
const said = JSON.parse(bar.dataset.words), plural = new Intl.PluralRules(document.documentElement.lang);
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const many = (n, forms) => filled(forms[plural.select(n)] ?? forms.other, { n });
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
  found.value = !searching ? "" : headlines ? filled(said.found, { headlines: many(headlines, said.headlines), editions: many(editions, said.editions) }) : said.none;
};
bar.hidden = false;
box.addEventListener("input", search);
addEventListener("pageshow", search);
