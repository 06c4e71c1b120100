/* The signature pad: strokes on a canvas, sent as a picture with the mark of the form that was shown.
   Also works after htmx has replaced the part that changes: events are heard on the document. */
"use strict";
(function () {
  var drawing = false, wrote = false;

  function place(pad, event) {
    var box = pad.getBoundingClientRect();
    return {
      x: (event.clientX - box.left) * pad.width / box.width,
      y: (event.clientY - box.top) * pad.height / box.height
    };
  }
  function pen(pad) {
    var context = pad.getContext("2d");
    context.lineWidth = 5; context.lineCap = "round"; context.lineJoin = "round";
    context.strokeStyle = "#14202E";
    return context;
  }
  document.addEventListener("pointerdown", function (event) {
    var pad = event.target;
    if (pad.id !== "pad") return;
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    drawing = true; wrote = true;
    var at = place(pad, event), context = pen(pad);
    context.beginPath(); context.moveTo(at.x, at.y); context.lineTo(at.x + 0.1, at.y); context.stroke();
  });
  document.addEventListener("pointermove", function (event) {
    if (!drawing || event.target.id !== "pad") return;
    var at = place(event.target, event), context = event.target.getContext("2d");
    context.lineTo(at.x, at.y); context.stroke();
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    document.addEventListener(name, function () { drawing = false; });
  });
  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("[data-pad-clear]")) return;
    var pad = document.getElementById("pad");
    pad.getContext("2d").clearRect(0, 0, pad.width, pad.height);
    wrote = false;
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-pad")) return;
    event.preventDefault();
    form.querySelector("[data-pad-empty]").hidden = wrote;
    if (!wrote) return;
    document.getElementById("pad").toBlob(function (picture) {
      var body = new FormData(form);
      body.append("picture", picture, "signature.png");
      fetch(form.action, { method: "POST", body: body, credentials: "same-origin" })
        .then(function () { wrote = false; location.reload(); });
    }, "image/png");
  });
  /* While somebody writes, the part under the pen is not replaced. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (drawing) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSwap", function () { wrote = false; });
})();
