"use strict";
// Forms with repeated rows: the button adds a copy of the last row, blank. Without script the blank rows suffice.
(function () {
  document.querySelectorAll("[data-add-row]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      const rows = document.getElementById(button.dataset.addRow);
      const last = rows.querySelector("[data-row]:last-of-type");
      const copy = last.cloneNode(true);
      copy.querySelectorAll("input").forEach((input) => (input.value = ""));
      copy.querySelectorAll("select").forEach((select) => (select.selectedIndex = 0));
      copy.querySelectorAll(".field-error").forEach((error) => error.remove());
      rows.append(copy);
      copy.querySelector("input").focus();
    });
  });
})();
