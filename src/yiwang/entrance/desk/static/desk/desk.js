/* The desk: J and K walk the list, a phrase lands in the opinion. Links and typing work without it. */
"use strict";
(function () {
  var links = Array.prototype.slice.call(document.querySelectorAll(".desk-list .list a"));
  var here = links.findIndex(function (link) { return link.hasAttribute("aria-current"); });
  function give(link, key) { if (link) link.dataset.key = key; }
  give(links[here + 1], "j");
  if (here > 0) give(links[here - 1], "k");
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-phrase]");
    if (!button) return;
    var opinion = document.getElementById(button.dataset.into || "reason");
    if (!opinion) return;
    opinion.value = (opinion.value ? opinion.value + "\n" : "") + button.dataset.phrase;
    opinion.focus();
  });
})();
