// Filter, sort and page the evidence records, and show what a point of a figure is.
// Everything here is text from a dataset that may be hostile: it is only ever written with textContent.
"use strict";
(() => {
  const PAGE = 10, BEFORE = 160, AFTER = 260;
  const ID = 0, ID_SHOWN = 1, PATH = 2, FILE = 3, LINE = 4, LABEL = 5, SCORE = 6, FIELD = 7, PARTS = 8;
  const MARKED = 1, UNSEEN = 2;

  const make = (name, className, text) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const textOf = (part) => (typeof part === "string" ? part : part[0]);
  const flagsOf = (part) => (typeof part === "string" ? 0 : part[1]);

  // Keep some characters on both sides of the first and last marked part; the rest is a click away.
  function shorten(parts) {
    let first = parts.findIndex((part) => flagsOf(part) & MARKED);
    let last = first;
    parts.forEach((part, place) => { if (flagsOf(part) & MARKED && place - last < 12) last = place; });
    if (first < 0) first = last = 0;
    const before = [], after = [];
    let room = BEFORE;
    for (let place = first - 1; place >= 0 && room > 0; place -= 1) {
      const letters = Array.from(textOf(parts[place]));
      before.unshift([letters.slice(-room).join(""), flagsOf(parts[place])]);
      if (letters.length > room || (place > 0 && letters.length === room)) before.unshift("…");
      room -= letters.length;
    }
    room = AFTER;
    let place = last + 1;
    for (; place < parts.length && room > 0; place += 1) {
      const letters = Array.from(textOf(parts[place]));
      after.push([letters.slice(0, room).join(""), flagsOf(parts[place])]);
      if (letters.length > room) after.push("…");
      room -= letters.length;
    }
    if (place < parts.length && after.at(-1) !== "…") after.push("…");
    const middle = parts.slice(first, last + 1).map((part) => {
      const letters = Array.from(textOf(part));
      return letters.length > 1200 ? [letters.slice(0, 1200).join("") + "…", flagsOf(part)] : part;
    });
    return [...before, ...middle, ...after];
  }

  function writeParts(node, parts) {
    for (const part of parts) {
      const flags = flagsOf(part), text = textOf(part);
      if (!flags) node.append(text);
      else node.append(make(flags & MARKED ? "mark" : "span", flags & UNSEEN ? "unseen" : "", text));
    }
  }

  function excerpt(row, words) {
    const cell = make("td", "text"), box = make("div", "excerpt");
    box.dir = "auto";
    const length = (parts) => parts.reduce((sum, part) => sum + textOf(part).length, 0);
    const short = shorten(row[PARTS]);
    const draw = (parts) => {
      box.replaceChildren();
      if (row[FIELD]) box.append(make("span", "field", row[FIELD]));
      writeParts(box, parts);
    };
    const shown = short.map(textOf).join("").toLowerCase(), whole = row[PARTS].map(textOf).join("").toLowerCase();
    const startOpen = words.some((word) => !shown.includes(word) && whole.includes(word)); // show what the filter found
    draw(startOpen ? row[PARTS] : short);
    cell.append(box);
    if (length(short) < length(row[PARTS])) {
      const more = make("button", "link", startOpen ? "Show less" : "Show more");
      more.type = "button";
      more.setAttribute("aria-expanded", String(startOpen));
      more.addEventListener("click", () => {
        const open = more.getAttribute("aria-expanded") === "true";
        draw(open ? short : row[PARTS]);
        more.setAttribute("aria-expanded", String(!open));
        more.textContent = open ? "Show more" : "Show less";
      });
      cell.append(more);
    }
    return cell;
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }

  function idCell(row) {
    const cell = make("td", "id"), code = make("code", "", row[ID_SHOWN]), button = make("button", "link", "Copy id");
    code.title = row[ID_SHOWN];
    button.type = "button";
    button.addEventListener("click", async () => {
      await copy(row[ID]);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy id"; }, 1500);
    });
    cell.append(code, button);
    return cell;
  }

  function rowNode(row, words) {
    const node = make("tr");
    const place = make("td", "place", row[FILE]);
    place.title = row[PATH];
    place.append(make("span", "line", "line " + row[LINE].toLocaleString("en")));
    const label = make("td", "label");
    if (row[LABEL] === null) label.textContent = "–";
    else {
      const chip = make("span", "chip", row[LABEL]);
      chip.title = row[LABEL];
      label.append(chip);
    }
    node.append(place, excerpt(row, words), label, make("td", "score", row[SCORE].toFixed(2)), idCell(row));
    return node;
  }

  function evidence(section) {
    const island = section.querySelector("script.rows");
    if (!island) return;
    const all = JSON.parse(island.textContent);
    const body = section.querySelector("tbody"), input = section.querySelector("input"), pager = section.querySelector(".pager");
    const status = pager.querySelector("p"), [previous, next] = pager.querySelectorAll("button");
    let haystacks = null, words = [], rows = all, page = 0, key = null, direction = 1;

    const keys = {
      line: (a, b) => a[PATH].localeCompare(b[PATH]) || a[LINE] - b[LINE],
      label: (a, b) => (a[LABEL] ?? "").localeCompare(b[LABEL] ?? ""),
      score: (a, b) => a[SCORE] - b[SCORE],
    };
    const draw = () => {
      const pages = Math.max(1, Math.ceil(rows.length / PAGE));
      page = Math.min(Math.max(page, 0), pages - 1);
      const begin = page * PAGE, shown = rows.slice(begin, begin + PAGE);
      body.replaceChildren(...shown.map((row) => rowNode(row, words)));
      if (!shown.length) {
        const none = make("tr", "none"), cell = make("td", "", "No record matches the filter.");
        cell.colSpan = 5;
        none.append(cell);
        body.append(none);
      }
      const number = (value) => value.toLocaleString("en");
      const of = rows.length === all.length ? number(all.length) : `${number(rows.length)} matching (${number(all.length)} in all)`;
      status.textContent = rows.length ? `${number(begin + 1)} to ${number(begin + shown.length)} of ${of}` : `0 of ${number(all.length)}`;
      previous.disabled = page === 0;
      next.disabled = page === pages - 1;
      previous.hidden = next.hidden = pages === 1;
    };
    const update = () => {
      words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length && !haystacks) {
        haystacks = new Map(all.map((row) => [
          row, [row[PARTS].map(textOf).join(""), row[ID_SHOWN], row[LABEL] ?? "", row[FILE]].join("\n").toLowerCase(),
        ]));
      }
      rows = words.length ? all.filter((row) => words.every((word) => haystacks.get(row).includes(word))) : all.slice();
      if (key) rows.sort((a, b) => direction * keys[key](a, b));
      page = 0;
      draw();
    };

    for (const head of section.querySelectorAll("th[data-sort]")) {
      const button = make("button", "", head.textContent);
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        direction = key === head.dataset.sort ? -direction : head.dataset.sort === "score" ? -1 : 1;
        key = head.dataset.sort;
        for (const other of section.querySelectorAll("th[data-sort]")) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
        update();
      });
    }
    input.addEventListener("input", update);
    for (const button of [previous, next]) {
      button.addEventListener("click", () => { page += Number(button.dataset.step); draw(); });
    }
    section.querySelector(".tools").hidden = all.length < 2;
    pager.hidden = false;
    draw();
  }

  function tips() {
    const tip = document.querySelector(".tip");
    for (const plot of document.querySelectorAll(".plot")) {
      for (const title of plot.querySelectorAll("circle > title, rect > title")) {
        title.parentNode.tip = title.textContent; // shown at once, where the browser would wait
        title.remove();
      }
      plot.addEventListener("pointermove", (event) => {
        tip.hidden = !event.target.tip;
        if (tip.hidden) return;
        tip.textContent = event.target.tip;
        const width = tip.offsetWidth;
        tip.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - width - 8)) + "px";
        tip.style.top = Math.max(8, event.clientY - tip.offsetHeight - 12) + "px";
      });
      plot.addEventListener("pointerleave", () => { tip.hidden = true; });
    }
  }

  document.querySelector(".without-scripts").hidden = true;
  document.querySelectorAll(".evidence").forEach(evidence);
  tips();
})();
