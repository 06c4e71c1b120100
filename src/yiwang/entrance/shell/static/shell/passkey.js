/* Passkeys. A form that says data-passkey="get" or "create" is shown where the browser can do it: the
   question comes from data-options, the device's answer goes into the form, and the form is sent. */
"use strict";
(function () {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function opened(list) {
    return (list || []).map(function (one) { return Object.assign({}, one, { id: bytes(one.id) }); });
  }

  function asked(options) {
    var key = Object.assign({}, options.publicKey);
    key.challenge = bytes(key.challenge);
    if (key.user) key.user = Object.assign({}, key.user, { id: bytes(key.user.id) });
    if (key.excludeCredentials) key.excludeCredentials = opened(key.excludeCredentials);
    if (key.allowCredentials) key.allowCredentials = opened(key.allowCredentials);
    return { publicKey: key };
  }

  function said(credential) {
    var given = credential.response, response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (given[name]) response[name] = text(given[name]);
    });
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response });
  }

  function complain(form, words) {
    var place = form.querySelector("[data-passkey-error]");
    place.textContent = words;
    place.hidden = !words;
  }

  function run(form) {
    complain(form, "");
    fetch(form.dataset.options, {
      method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, credentials: "same-origin"
    }).then(function (answer) {
      return answer.json().then(function (body) {
        if (!answer.ok) throw { refused: body.refusal.sentence + body.refusal.remedy };
        form.elements.state.value = body.state;
        return navigator.credentials[form.dataset.passkey](asked(body.options));
      });
    }).then(function (credential) {
      form.elements.answer.value = said(credential);
      form.submit();
    }).catch(function (error) {
      complain(form, error.refused || form.dataset.failed);
    });
  }

  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      run(form);
    });
  });
  document.querySelectorAll("[data-passkey-away]").forEach(function (part) { part.hidden = true; });
})();
