/* Staff screens: keys. <a data-key="j"> or <button data-key="y"> is pressed by its key, unless somebody types; Escape leaves the field. */
"use strict";
document.addEventListener("keydown", function (event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  var ticked = /^(checkbox|radio)$/.test(event.target.type); /* letters say nothing to a box that is ticked */
  var typing = !ticked && (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable);
  if (typing && event.key === "Escape") { event.target.blur(); return; }
  if (typing && event.key.length === 1) return;
  var wanted = event.key.toLowerCase();
  var found = Array.prototype.filter.call(document.querySelectorAll("[data-key]"), function (part) {
    return part.dataset.key.toLowerCase() === wanted && !part.disabled;
  })[0];
  if (!found) return;
  event.preventDefault();
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(found.tagName)) found.focus(); else found.click();
});
