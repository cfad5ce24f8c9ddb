"use strict";
// Small things the pages need beyond htmx: moving through the fill-in grid by keyboard, saying when saving failed.
(function () {
  function cells(grid) {
    return Array.from(grid.querySelectorAll("input[data-cell], textarea[data-cell]")).filter((cell) => !cell.disabled);
  }

  document.addEventListener("keydown", function (event) {
    const cell = event.target.closest("input[data-cell]");
    if (!cell || event.isComposing) return;
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const all = cells(cell.closest("[data-grid]")).filter((other) => other.tagName === "INPUT");
    const next = all[all.indexOf(cell) + (event.key === "Enter" && event.shiftKey ? -1 : step)];
    if (next) {
      next.focus();
      next.select();
    } else {
      cell.blur();
    }
  });

  document.addEventListener("htmx:configRequest", function (event) {
    const token = document.querySelector("meta[name=csrf-token]");
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });

  // A file's own button shows what was chosen; what the browser itself would say of it is in the browser's language.
  document.documentElement.classList.add("has-script");
  document.addEventListener("change", function (event) {
    if (event.target.type !== "file") return;
    const place = event.target.parentElement.querySelector("[data-file-name]");
    if (place) place.textContent = Array.from(event.target.files, (file) => file.name).join(", ");
  });

  function status(row, text) {
    const place = row && row.querySelector("[data-save-state]");
    if (place) place.textContent = text;
  }

  // A row saves itself; a file within it is a request of its own, after which the row says anew what it still lacks.
  document.addEventListener("htmx:beforeRequest", function (event) {
    const row = event.target.closest("tr");
    status(row, event.target === row ? "menyimpan…" : "mengunggah…");
  });
  ["htmx:sendError", "htmx:timeout"].forEach((name) =>
    document.addEventListener(name, function (event) {
      const row = event.target.closest("tr");
      if (row && event.target !== row) {
        status(row, "Berkas belum terunggah: sambungan terputus. Pilih berkasnya sekali lagi.");
        return;
      }
      status(row, "Belum tersimpan: sambungan terputus. Dicoba lagi…");
      if (row) window.setTimeout(() => row.isConnected && window.htmx.trigger(row, "retry"), 5000);
    }),
  );
  document.addEventListener("htmx:afterRequest", function (event) {
    const row = document.body.contains(event.target) ? event.target.closest("tr") : event.detail.target.closest("tr");
    if (row && event.target !== row && event.detail.xhr && event.detail.xhr.status) window.htmx.trigger(row, "retry");
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    if ([409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:responseError", function (event) {
    status(event.target.closest("tr"), "Belum tersimpan. Muat ulang halaman; yang sudah tersimpan tidak hilang.");
  });

  // The bell says each minute, and on coming back, how many messages are new; a hidden page does not ask.
  function refreshBell() {
    const bell = document.getElementById("lonceng");
    if (bell && !document.hidden && window.htmx) window.htmx.trigger(bell, "segarkan");
  }
  window.setInterval(refreshBell, 60000);
  window.addEventListener("focus", refreshBell);

  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.himpun-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("form[data-dirty]")) event.preventDefault();
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) form.setAttribute("data-dirty", "");
  });
  document.addEventListener("submit", (event) => event.target.removeAttribute("data-dirty"));
})();
