"use strict";
// The fill-in grid: what is typed is read and judged at once (the server judges again), a block from Excel is pasted
// over many cells, and nothing typed is lost: it stays in the browser until the server said that it is saved.
(function () {
  // --- numbers, read as himpun.measure.numbers reads them; what has words behind is left to the server --------------

  const MINUS = "\u2212";
  const DRESSED =
    /^([-+]?) ?(?:(?:rp\.?|idr) ?)?([-+]?) ?([0-9](?:[0-9., ]*[0-9])?)(?:,-)? ?(?:%|persen)?$/i;
  const INDONESIAN = /^(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+|[0-9]+)(?:,[0-9]+)?$/;
  const ENGLISH = /^(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?$/;
  const DOUBTFUL = /^[1-9][0-9]{0,2}[.,][0-9]{3}$/;

  const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
  const FOOTNOTE = /^(.*[0-9%)]) ?(?:\*+\)?|[\u00b9\u00b2\u00b3]+[)\u207e])$/;
  const WITH_WORDS = /^[-+(]?(?:rp\.? ?)?[0-9][0-9.,]*\)? ?(?:\([a-z ]+\) ?)?[a-z][^0-9]*$/i;

  function tidied(text) {
    const seen = text.replace(UNSEEN, "").replace(/\s+/g, " ").trim();
    const plain = seen.replace(/[\u2212\u2013\u2012]/g, "-").replace(/^['\u2019\u2018`] ?(?=[-+(]?(?:rp\.? ?)?[0-9])/i, "");
    const noted = FOOTNOTE.exec(plain);
    return noted ? noted[1] : plain;
  }

  function undress(text) {
    const tidy = tidied(text);
    const below = /^(?:rp\.? ?)?\( ?([0-9].*?) ?\)( ?%)?$/i.exec(tidy) || /^([0-9].*[0-9]|[0-9]) ?-$/.exec(tidy);
    const match = DRESSED.exec(below ? `-${below[1]}` : tidy);
    if (!match || (match[1] && match[2])) return null;
    return { sign: match[1] || match[2], body: match[3] };
  }

  // "45 kelompok", "1,5 juta", "12 (dua belas)": a number in its unit, which the server holds against what is asked.
  function isWithWords(text) {
    return !undress(text) && WITH_WORDS.test(tidied(text));
  }

  // {whole, decimals, minus}: the digits, without leading and trailing zeros; exact however long.
  function digits(sign, body, thousands, decimal) {
    const [whole, decimals = ""] = body.replace(thousands, "").split(decimal);
    const found = { whole: whole.replace(/^0+(?=[0-9])/, ""), decimals: decimals.replace(/0+$/, "") };
    return { ...found, minus: sign === "-" && /[1-9]/.test(found.whole + found.decimals) };
  }

  function readNumber(text) {
    const dressed = undress(text);
    return dressed && INDONESIAN.test(dressed.body) ? digits(dressed.sign, dressed.body, /[. ]/g, ",") : null;
  }

  function readEnglish(text) {
    const dressed = undress(text);
    return dressed && ENGLISH.test(dressed.body) ? digits(dressed.sign, dressed.body, /,/g, ".") : null;
  }

  function writeNumber(number) {
    const grouped = number.whole.replace(/\B(?=([0-9]{3})+$)/g, ".");
    return (number.minus ? MINUS : "") + grouped + (number.decimals ? "," + number.decimals : "");
  }

  function asFloat(number) {
    return Number((number.minus ? "-" : "") + number.whole + "." + (number.decimals || "0"));
  }

  function writePercent(value) {
    const rounded = Math.round(value * 10) / 10;
    return rounded.toLocaleString("id-ID", { maximumFractionDigits: 1 });
  }

  function howToWrite(text) {
    const shown = text.trim().length <= 40 ? text.trim() : text.trim().slice(0, 39) + "…";
    const english = readEnglish(text);
    if (!english) return `Tulis angka seperti 1.234,5; “${shown}” tidak dapat dibaca.`;
    const here = "di sini titik memisahkan ribuan dan koma menandai desimal";
    return `“${shown}” ditulis cara Inggris; ${here}. Bila maksudnya ${writeNumber(english)}, tulis begitu.`;
  }

  // --- one cell judged: {error, warning}, sentences as himpun.indicators.checks says them -------------------------------

  function judge(text, rules) {
    if (!text.trim()) return { error: "", warning: "" };
    if (rules.kind === "kata") return { error: wordError(text.trim(), rules), warning: "" };
    if (isWithWords(text)) return { error: "", warning: "" };
    const number = readNumber(text);
    if (!number) return { error: howToWrite(text), warning: "" };
    const error = limitError(number, rules);
    return { error, warning: error ? "" : jumpWarning(number, rules) };
  }

  function wordError(word, rules) {
    const choices = rules.choices ? rules.choices.split("|") : [];
    if (!choices.length || choices.some((choice) => choice.toUpperCase() === word.toUpperCase())) return "";
    return `“${word}” tidak dikenal. Pilih salah satu: ${choices.join(", ")}.`;
  }

  function limitError(number, rules) {
    const [value, shown] = [asFloat(number), writeNumber(number)];
    const [low, high] = [rules.min && readNumber(rules.min), rules.max && readNumber(rules.max)];
    if (low && value < asFloat(low)) return `Paling kecil ${rules.min}; tertulis ${shown}.`;
    if (high && value > asFloat(high)) return `Paling besar ${rules.max}; tertulis ${shown}.`;
    if (rules.whole && number.decimals) return `Harus bilangan bulat; tertulis ${shown}.`;
    return "";
  }

  function jumpWarning(number, rules) {
    const value = asFloat(number);
    const limit = asFloat(readNumber(rules.jump || "50"));
    const told = [
      [rules.last, rules.lastName],
      [rules.median, `median ${rules.medianCount} periode sebelumnya`],
    ].map(([base, name]) => (base ? jumpFrom(value, asFloat(readNumber(base)), base, name, limit) : ""));
    const jumps = told.filter(Boolean);
    const found = jumps.length ? [`${writeNumber(number)} ${jumps.join(" dan ")}. ${OR_EXPLAIN}`] : [];
    const floor = rules.floor && readNumber(rules.floor);
    if (floor && value < asFloat(floor)) {
      found.push(
        `Angka kumulatif ${writeNumber(number)} lebih kecil daripada ${rules.floorName} (${rules.floor}). ${OR_EXPLAIN}`,
      );
    }
    return found.join(" ");
  }

  const OR_EXPLAIN = "Perbaiki, atau jelaskan bila memang benar.";

  function jumpFrom(value, base, shown, name, limit) {
    const difference = value - base;
    if (!(Math.abs(difference) * 100 > limit * Math.abs(base))) return "";
    const moved = difference > 0 ? "naik" : "turun";
    if (base === 0) return `${moved} dari 0 pada ${name}`;
    return `${moved} ${writePercent((Math.abs(difference) * 100) / Math.abs(base))}% dari ${name} (${shown})`;
  }

  // --- a block copied from a spreadsheet ------------------------------------------------------------------------------

  // Tab-separated text as Excel and LibreOffice copy it; a cell in quotation marks may hold tabs and line ends.
  function readBlock(text) {
    const rows = [[]];
    const pattern = /("(?:[^"]|"")*"|[^\t\r\n]*)(\t|\r\n|\n|\r|$)/y;
    while (pattern.lastIndex <= text.length) {
      const match = pattern.exec(text);
      if (!match) return text.split(/\r\n|\n|\r/).map((line) => line.split("\t"));
      const quoted = match[1].length > 1 && match[1].startsWith('"') && match[1].endsWith('"');
      rows[rows.length - 1].push(quoted ? match[1].slice(1, -1).replace(/""/g, '"') : match[1]);
      if (!match[2]) break;
      if (match[2] !== "\t") rows.push([]);
    }
    while (rows.length && rows[rows.length - 1].every((cell) => !cell.trim())) rows.pop();
    return rows;
  }

  // What a pasted text becomes: {text, guessed, unreadable}. A number of another habit is rewritten the Indonesian way.
  function pastedFigure(text, rules) {
    const plain = text.trim();
    if (rules.kind === "kata") return { text: plain, guess: "", unreadable: Boolean(wordError(plain, rules)) };
    const indonesian = readNumber(plain);
    if (indonesian) {
      const doubt = DOUBTFUL.test((undress(plain) || { body: "" }).body);
      return { text: writeNumber(indonesian), guess: doubt ? writeNumber(indonesian) : "", unreadable: false };
    }
    const english = readEnglish(plain);
    if (english) return { text: writeNumber(english), guess: writeNumber(english), unreadable: false };
    return { text: plain, guess: "", unreadable: true };
  }

  window.himpunGrid = { readNumber, readEnglish, writeNumber, judge, readBlock, pastedFigure };

  const grid = document.querySelector("form[data-grid][data-store]");
  if (!grid) return;
  const notice = document.querySelector("[data-grid-notice]");
  const rowOf = (element) => (element && element.closest ? element.closest("tr[data-row]") : null);
  const cellsOf = (row) => Array.from(row.querySelectorAll("input[data-cell]"));
  const fieldsOf = (row) => Array.from(row.querySelectorAll("[data-keep]"));
  const valueOf = (field) => (field.type === "checkbox" ? (field.checked ? field.value : "") : field.value);
  const savedOf = (field) =>
    field.type === "checkbox" ? (field.defaultChecked ? field.value : "") : field.defaultValue;

  // --- told at the cell -----------------------------------------------------------------------------------------------

  function tell(id, sentence) {
    const place = document.getElementById(id);
    if (place && place.textContent !== sentence) place.textContent = sentence;
  }

  function judgeCell(cell) {
    const found = judge(cell.value, cell.dataset);
    tell(`e-${cell.name}`, found.error);
    tell(`w-${cell.name}`, found.warning);
    markRow(rowOf(cell));
  }

  // Red where a cell has an error; the field for an explanation where something asks for one.
  function markRow(row) {
    if (!row) return;
    cellsOf(row).forEach((cell) => {
      const error = document.getElementById(`e-${cell.name}`);
      if (error && error.textContent.trim()) cell.setAttribute("aria-invalid", "true");
      else cell.removeAttribute("aria-invalid");
    });
    const explain = row.querySelector("[data-explain]");
    const warnings = Array.from(row.querySelectorAll("[data-warning]"));
    if (explain) explain.hidden = !warnings.some((each) => each.textContent.trim());
  }

  function status(row, text) {
    const place = row.querySelector("[data-save-state]");
    if (place) place.textContent = text;
  }

  // --- kept in the browser until the server has it -----------------------------------------------------------------------

  const prefix = `himpun:isian:${grid.dataset.store}:`;

  // `was` is what the server had when the person began to type over it.
  function keep(field, was) {
    try {
      const found = was === undefined ? localStorage.getItem(prefix + field.name) : null;
      const before = found ? JSON.parse(found).was : (was ?? savedOf(field));
      localStorage.setItem(prefix + field.name, JSON.stringify({ value: valueOf(field), was: before }));
    } catch {
      // Without storage the page still saves row by row.
    }
  }

  function kept() {
    const found = new Map();
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith(prefix))
        .forEach((key) => found.set(key.slice(prefix.length), JSON.parse(localStorage.getItem(key))));
    } catch {
      return new Map();
    }
    return found;
  }

  function drop(name) {
    try {
      localStorage.removeItem(prefix + name);
    } catch {
      // Nothing was kept either.
    }
  }

  function confirmSaved(row, sent) {
    const stored = kept();
    fieldsOf(row).forEach((field) => {
      const value = sent.get(field.name) ?? "";
      if (field.type === "checkbox") field.defaultChecked = Boolean(value);
      else field.defaultValue = value;
      if (!stored.has(field.name)) return;
      if (stored.get(field.name).value === value) drop(field.name);
      else keep(field, value);
    });
  }

  function putIn(field, value) {
    if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value;
    field.readOnly = false; // what was typed before the figure was frozen is shown, and can be put right
    if (field.matches("[data-cell]")) judgeCell(field);
  }

  const save = (row) => row.dispatchEvent(new Event("change", { bubbles: true }));

  function labelOf(field) {
    const label = field.labels && field.labels[0];
    return label ? label.textContent.replace(/\s+/g, " ").trim() : field.name;
  }

  function restore() {
    const stored = kept();
    const rows = new Set();
    const conflicts = [];
    let count = 0;
    stored.forEach(({ value, was }, name) => {
      const field = grid.querySelector(`[data-keep][name="${CSS.escape(name)}"]`);
      const row = rowOf(field);
      if (!field || !row) return;
      if (value === valueOf(field)) {
        if (!row.querySelector("[aria-invalid=true]")) drop(name);
      } else if (was !== savedOf(field)) {
        conflicts.push([field, value]);
      } else {
        putIn(field, value);
        rows.add(row);
        count += 1;
      }
    });
    if (count) say(`${count} isian yang belum sempat tersimpan dipulihkan dari peramban ini dan sedang disimpan.`);
    conflicts.forEach(([field, value]) => offer(field, value));
    rows.forEach((row) => window.setTimeout(() => save(row), 0));
  }

  function say(text) {
    if (!notice) return null;
    const line = document.createElement("div");
    line.textContent = text;
    notice.append(line);
    notice.hidden = false;
    return line;
  }

  // Somebody saved another figure meanwhile: the person decides which one stays.
  function offer(field, value) {
    const line = say(
      `${labelOf(field)}: di sini belum tersimpan “${value || "kosong"}”, sedangkan yang tersimpan sekarang “${valueOf(field) || "kosong"}”. `,
    );
    if (!line) return;
    const choices = [
      ["Pakai isian saya", () => (putIn(field, value), keep(field, savedOf(field)), save(rowOf(field)))],
      ["Biarkan yang tersimpan", () => drop(field.name)],
    ];
    choices.forEach(([label, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-outline-secondary me-2";
      button.textContent = label;
      button.addEventListener("click", () => (act(), line.remove()));
      line.append(button);
    });
  }

  // The request takes no more figures: what this browser still holds is shown, not thrown away.
  function showLeftOver() {
    const stored = kept();
    const sent = takeSentMark();
    stored.forEach(({ value }, name) => {
      const shown = document.getElementById(name);
      if (sent || (shown && shown.textContent.trim() === value.trim())) drop(name);
      else if (name.startsWith("v-")) {
        const line = say(`Belum tersimpan ketika permintaan ini ditutup: ${shown ? nameOfOutput(shown) : name} = ${value}. `);
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn-sm btn-outline-secondary";
        button.textContent = "Hapus catatan ini";
        button.addEventListener("click", () => (drop(name), line.remove()));
        if (line) line.append(button);
      }
    });
  }

  function nameOfOutput(output) {
    const label = document.querySelector(`label[for="${CSS.escape(output.id)}"]`);
    return label ? label.textContent.replace(/\s+/g, " ").trim() : output.id;
  }

  const SENT = `${prefix}terkirim`;

  function takeSentMark() {
    try {
      const found = sessionStorage.getItem(SENT);
      sessionStorage.removeItem(SENT);
      return Boolean(found);
    } catch {
      return false;
    }
  }

  // --- events ---------------------------------------------------------------------------------------------------------

  if (grid.querySelector("input[data-cell]")) {
    takeSentMark();
    restore();
  } else {
    showLeftOver();
  }

  grid.addEventListener("input", function (event) {
    if (!event.target.matches("[data-keep]")) return;
    keep(event.target);
    if (event.target.matches("[data-cell]")) judgeCell(event.target);
  });
  grid.addEventListener("change", function (event) {
    if (event.target.matches("[data-keep]")) keep(event.target);
  });

  grid.addEventListener("submit", function () {
    try {
      sessionStorage.setItem(SENT, "1");
    } catch {
      // Only what is kept beyond the answer is then shown once more.
    }
  });

  grid.addEventListener("paste", function (event) {
    const start = event.target.closest("input[data-cell]");
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!start || !/[\t\r\n]/.test(text)) return;
    event.preventDefault();
    pasteBlock(start, readBlock(text));
  });

  // One column goes down the cells one after the other; more columns go along the cells of a row, a line a row.
  function targetsOf(start, block) {
    const width = Math.max(...block.map((line) => line.length));
    if (width === 1) {
      const all = Array.from(grid.querySelectorAll("input[data-cell]"));
      const first = all.indexOf(start);
      return block.map((line, place) => [all[first + place], line[0]]);
    }
    const rows = Array.from(grid.querySelectorAll("tr[data-row]"));
    const [first, column] = [rows.indexOf(rowOf(start)), cellsOf(rowOf(start)).indexOf(start)];
    return block.flatMap((line, place) =>
      line.map((text, along) => [rows[first + place] && cellsOf(rows[first + place])[column + along], text]),
    );
  }

  function pasteBlock(start, block) {
    const count = { pasted: 0, unreadable: 0, guessed: 0, frozen: 0, over: 0 };
    const rows = new Set();
    let last = start;
    if (!block.length) return;
    targetsOf(start, block).forEach(([cell, text]) => {
      if (!text.trim()) return;
      if (!cell) {
        count.over += 1;
        return;
      }
      const figure = pastedFigure(text, cell.dataset);
      if (cell.readOnly) {
        if (figure.text !== cell.value) count.frozen += 1;
        return;
      }
      cell.value = figure.text;
      keep(cell);
      judgeCell(cell);
      if (figure.unreadable) count.unreadable += 1;
      else count.pasted += 1;
      if (figure.guess) {
        count.guessed += 1;
        cell.classList.add("grid-guess");
        cell.title = `“${text.trim()}” dibaca sebagai ${figure.guess}; periksa.`;
      }
      rows.add(rowOf(cell));
      last = cell;
    });
    notice.replaceChildren();
    say(pastedSentence(count));
    rows.forEach(save);
    last.focus();
    last.select();
  }

  function pastedSentence(count) {
    const parts = [`${count.pasted} angka ditempel`, `${count.unreadable} tidak dapat dibaca`];
    if (count.guessed) parts.push(`${count.guessed} ditebak tanda pemisahnya (bergaris putus-putus; periksa)`);
    if (count.frozen) parts.push(`${count.frozen} berbeda dari angka beku dan tidak diganti (ajukan koreksi)`);
    if (count.over) parts.push(`${count.over} tidak muat dan tidak ditempel`);
    return `${parts.join(", ")}.`;
  }

  // --- the answer of the server -----------------------------------------------------------------------------------------

  const isRowSave = (event) => event.target.matches && event.target.matches("tr[data-row]");
  const isConfirmed = (xhr, row) => xhr.getResponseHeader("Himpun-Saved") === row.dataset.row;

  document.addEventListener("htmx:beforeSwap", function (event) {
    const row = rowOf(event.detail.requestConfig.elt);
    if (!row || event.detail.requestConfig.elt !== row || event.detail.xhr.status !== 200) return;
    if (isConfirmed(event.detail.xhr, row)) return;
    event.detail.shouldSwap = false;
    status(row, "Belum tersimpan: sesi Anda berakhir. Masuk lagi; isian ini tetap tersimpan di peramban ini.");
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (!isRowSave(event)) return;
    const row = event.target;
    if (event.detail.xhr.status === 200 && isConfirmed(event.detail.xhr, row)) {
      confirmSaved(row, event.detail.requestConfig.formData);
    }
    markRow(row);
    cellsOf(row).forEach((cell) => {
      if (cell === document.activeElement && valueOf(cell) !== savedOf(cell)) judgeCell(cell);
    });
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    const told = grid.querySelector("[data-complete]");
    if (!told || !event.target.matches("[data-save-state]")) return;
    const states = Array.from(grid.querySelectorAll("[data-save-state]"));
    const complete = states.filter((state) => state.querySelector(".state-selesai")).length;
    told.textContent = `${complete} dari ${states.length} indikator lengkap`;
  });
  document.addEventListener("htmx:responseError", function (event) {
    if (!isRowSave(event) || event.detail.xhr.status < 500) return;
    const row = event.target;
    status(row, "Belum tersimpan: peladen tidak menjawab. Dicoba lagi…");
    window.setTimeout(() => row.isConnected && window.htmx.trigger(row, "retry"), 5000);
  });
  window.addEventListener("online", function () {
    const rows = new Set();
    kept().forEach((_, name) => {
      const row = rowOf(grid.querySelector(`[data-keep][name="${CSS.escape(name)}"]`));
      if (row) rows.add(row);
    });
    rows.forEach((row) => window.htmx.trigger(row, "retry"));
  });
})();
