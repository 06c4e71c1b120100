/* Small conveniences; every page works without them. */
"use strict";
document.documentElement.classList.add("js");

/* A form that submits itself when a choice is made: <select data-submits>. */
document.addEventListener("change", function (event) {
  var control = event.target;
  if (control.hasAttribute && control.hasAttribute("data-submits")) control.form.submit();
});

/* A button that prints the page: <button data-prints>. */
document.addEventListener("click", function (event) {
  var button = event.target.closest && event.target.closest("[data-prints]");
  if (button) window.print();
});

/* An error summary takes the focus, so that it is read first. */
var errors = document.querySelector(".errors[tabindex]");
if (errors) errors.focus();

/* Answer a tap at once: the pressed button says that something is happening, and is not sent twice. */
document.addEventListener("submit", function (event) {
  if (event.defaultPrevented) return;
  var button = event.submitter;
  if (!button || !button.dataset.busy) return;
  setTimeout(function () {
    button.setAttribute("aria-busy", "true");
    button.textContent = button.dataset.busy;
    button.disabled = true;
  }, 0);
});
addEventListener("pageshow", function (event) {
  if (event.persisted) document.querySelectorAll("[aria-busy]").forEach(function () { location.reload(); });
});
