/* Forms: saves while typing, keeps it when the net is down, shows what an answer makes necessary,
   fetches known answers, loads the next list. Every page works without this file. */
"use strict";
(function () {
  var form = document.querySelector("[data-form]");
  var materials = document.querySelector("[data-materials]");
  var token = function (f) { return f.querySelector("[name=csrfmiddlewaretoken]").value; };

  function send(url, body, csrf) {
    return fetch(url, {
      method: "POST", body: body, credentials: "same-origin",
      headers: { "X-CSRFToken": csrf, "Accept": "application/json" }
    });
  }

  /* Materials: a chosen file is sent at once; what can be fetched is fetched at once. */
  if (materials) {
    var chosen = function (input) {
      var does = input.getAttribute("data-sends");
      if (!does || !input.files.length) return false;
      input.closest(".drop").classList.add("busy");
      press(materials, does);
      return true;
    };
    materials.addEventListener("change", function (event) { chosen(event.target); });
    /* On a slow net a file is chosen before this file has come. */
    Array.prototype.slice.call(materials.querySelectorAll("[data-sends]")).some(chosen);
    if (materials.hasAttribute("data-fetch") && !sessionStorage.getItem("fetched:" + location.pathname)) {
      sessionStorage.setItem("fetched:" + location.pathname, "1");
      press(materials, "fetch:");
    }
  }
  function press(where, does) {
    var button = document.createElement("button");
    button.name = "do"; button.value = does; button.hidden = true;
    where.appendChild(button);
    where.requestSubmit ? where.requestSubmit(button) : button.click();
  }
  /* Handing in is sent once. */
  var once = document.querySelector("[data-once]");
  if (once) once.addEventListener("submit", function (event) {
    if (once.dataset.sent) event.preventDefault();
    once.dataset.sent = "1";
  });
  if (!form) return;

  /* Conditional questions: <div data-when="field" data-is='["value"]'>. */
  function valuesOf(name) {
    var found = [];
    form.querySelectorAll('[name="' + name + '"]').forEach(function (box) {
      var off = (box.type === "radio" || box.type === "checkbox") && !box.checked;
      if (!off && !box.closest("[hidden]")) found.push(box.value);
    });
    return found;
  }
  function showWhatIsAsked() {
    form.querySelectorAll("[data-when]").forEach(function (question) {
      var name = question.getAttribute("data-when");
      if (!form.querySelector('[name="' + name + '"]')) return; // decided on an earlier step
      var wanted = JSON.parse(question.getAttribute("data-is"));
      var given = valuesOf(name);
      question.hidden = !given.some(function (value) { return wanted.indexOf(value) >= 0; });
    });
  }
  form.addEventListener("change", showWhatIsAsked);

  /* Saving. What could not be sent stays on this device and is sent once, later. */
  var lines = ["saved", "unsaved", "signed-out"].map(function (name) {
    return document.querySelector("[data-" + name + "]");
  });
  var shelf = "draft:" + form.dataset.draft + ":" + form.dataset.step;
  var timer = null, retry = null, finding = null, sending = false, again = false, touched = false, unsaved = false, leaving = false;

  function entries() {
    var data = new URLSearchParams();
    new FormData(form).forEach(function (value, key) {
      if (typeof value === "string" && key !== "csrfmiddlewaretoken" && key !== "do") data.append(key, value);
    });
    return data.toString();
  }
  function answers(data) {
    var found = new URLSearchParams(data);
    found.delete("version");
    return found.toString();
  }
  function say(which, words) {
    lines.forEach(function (line) { if (line) line.hidden = line !== lines[which]; });
    var told = words && lines[which] && lines[which].querySelector(".saved");
    if (told) told.lastChild.textContent = words;
  }
  function keepHere(signedOut) {
    if (leaving) return; // cut by the page being sent, which takes everything along
    try { localStorage.setItem(shelf, entries()); } catch (full) { /* told by the line below */ }
    say(signedOut === true ? 2 : 1);
    clearTimeout(retry);
    if (signedOut !== true) retry = setTimeout(save, 10000);
  }
  function save() {
    clearTimeout(retry);
    if (sending) { again = true; return; }
    sending = true; again = false;
    var body = entries();
    send(form.dataset.save, new URLSearchParams(body), token(form)).then(function (answer) {
      return answer.json().catch(function () { return {}; }).then(function (told) {
        return { ok: answer.ok && !!told.version, status: answer.status, told: told };
      });
    }).then(function (result) {
      sending = false;
      if (result.ok) {
        if (answers(entries()) === answers(body)) unsaved = false; // said again when the page is left, it would be older news
        seen(result.told.version);
        localStorage.removeItem(shelf);
        say(0, result.told.saved);
        if (again && !leaving) save();
      } else if (leaving) {
        return; // what is being sent is judged with the next page
      } else if (result.status === 409 && result.told.conflicts) {
        localStorage.removeItem(shelf);
        leaving = true;
        location.reload();
      } else if (result.status >= 500 || result.status === 200) {
        keepHere();
      } else if (result.status === 401 || result.status === 403) {
        keepHere(true);
      }
    }).catch(function () { sending = false; keepHere(); });
  }
  /* Answers may overtake each other: the version this page has seen only grows. */
  function seen(version) {
    var box = form.elements.version;
    box.value = Math.max(Number(box.value), Number(version));
  }
  function soon() {
    touched = unsaved = true;
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  }
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  addEventListener("online", function () { if (localStorage.getItem(shelf)) save(); });
  form.addEventListener("submit", function () {
    leaving = true;
    [timer, retry, finding].forEach(clearTimeout);
  });
  addEventListener("pageshow", function (event) { if (event.persisted) leaving = false; });
  addEventListener("pagehide", function () {
    if (leaving || !unsaved || !navigator.sendBeacon) return;
    var body = new URLSearchParams(entries());
    body.append("csrfmiddlewaretoken", token(form));
    navigator.sendBeacon(form.dataset.save, body);
  });

  /* Something was left on this device by a broken connection: send it first, then show the result. */
  var left = localStorage.getItem(shelf);
  if (left) {
    send(form.dataset.save, new URLSearchParams(left), token(form)).then(function (answer) {
      if (answer.status >= 500 || answer.status === 401 || answer.status === 403) {
        say(answer.status >= 500 ? 1 : 2);
        return;
      }
      localStorage.removeItem(shelf);
      if (leaving) return;
      if (!touched) { location.reload(); return; }
      return answer.json().then(function (told) { // what was typed meanwhile joins it
        bring(new URLSearchParams(left));
        if (told.version) seen(told.version);
        save();
      });
    }).catch(function () { if (!leaving) say(1); });
  }
  /* What was kept here is shown where nothing else was typed. */
  function bring(kept) {
    kept.forEach(function (value, key) {
      var boxes = [].concat(form.elements[key] instanceof RadioNodeList ? Array.from(form.elements[key]) : form.elements[key] || []);
      var typed = key === "version" || boxes.some(function (box) {
        return box.type === "radio" || box.type === "checkbox" ? box.checked !== box.defaultChecked : box.value !== box.defaultValue;
      });
      if (typed) return;
      boxes.forEach(function (box) {
        if (box.type === "radio") box.checked = box.value === value;
        else if (box.tagName === "INPUT" && box.type !== "checkbox" && box.type !== "file" || box.tagName === "TEXTAREA") box.value = value;
      });
    });
    showWhatIsAsked();
  }

  /* “不对？”: the filled-in box can be written in. */
  form.addEventListener("click", function (event) {
    var link = event.target.closest("[data-edit]");
    var box = link && document.getElementById(link.getAttribute("data-edit"));
    if (!box || !box.readOnly) return;
    event.preventDefault();
    box.readOnly = false; box.focus(); box.select();
  });

  /* Known answers arrive after the page; what the person typed meanwhile stays. */
  var waiting = form.querySelector("[data-prefilling]");
  if (form.dataset.prefill && !left) {
    var note = waiting && waiting.querySelector("[data-js]");
    if (note) note.hidden = false;
    send(form.dataset.prefill, new URLSearchParams(), token(form)).then(function (answer) {
      return answer.ok ? answer.json() : { fields: {} };
    }).then(function (told) {
      Object.keys(told.fields || {}).forEach(function (key) { replace(key, told.fields[key]); });
      if (told.version && !touched) seen(told.version);
      if (waiting) waiting.remove();
      showWhatIsAsked();
    }).catch(function () { if (waiting) waiting.remove(); });
  }
  function replace(key, html) {
    var old = document.getElementById("f-" + key) || document.getElementById(key);
    if (!old || old.contains(document.activeElement)) return;
    var typed = Array.prototype.some.call(old.querySelectorAll("input,textarea,select"), function (box) {
      if (box.type === "radio" || box.type === "checkbox") return box.checked !== box.defaultChecked;
      return box.tagName !== "SELECT" && box.type !== "file" && box.value !== box.defaultValue;
    });
    if (typed) return;
    var template = document.createElement("template");
    template.innerHTML = html;
    var fresh = template.content.firstElementChild;
    old.replaceWith(template.content);
    if (fresh && window.htmx) window.htmx.process(fresh);
  }

  /* A person or a firm: what the register said was about what stood there before this key. */
  form.addEventListener("input", function (event) {
    var pair = event.target.closest("[data-pair]");
    if (pair) pair.querySelectorAll("[data-said] > *").forEach(function (line) { line.classList.add("stale"); });
  });

  /* Divisions: choosing one loads the list below it. */
  form.addEventListener("change", function (event) {
    var cascade = event.target.closest("[data-cascade]");
    if (!cascade || event.target.tagName !== "SELECT") return;
    var steps = Array.prototype.slice.call(cascade.querySelectorAll(".cascade-step"));
    var mine = event.target.closest(".cascade-step"), at = steps.indexOf(mine);
    steps.slice(at + 1).forEach(function (step) { step.remove(); });
    var most = Number(cascade.dataset.level) || 5;
    var level = Number(event.target.name.split("-").pop());
    if (!event.target.value || level >= most) return;
    fetch("/choices/divisions/?parent=" + encodeURIComponent(event.target.value)).then(function (answer) {
      return answer.json();
    }).then(function (told) {
      if (!told.divisions.length) return;
      var labels = JSON.parse(cascade.dataset.labels);
      var next = mine.cloneNode(true), select = next.querySelector("select");
      var name = cascade.dataset.cascade + "-" + (level + 1);
      next.htmlFor = select.id = select.name = name;
      next.querySelector(".sr").textContent = labels[level + 1];
      select.textContent = "";
      select.add(new Option(labels[level + 1], ""));
      told.divisions.forEach(function (d) { select.add(new Option(d.name, d.code)); });
      mine.after(next);
    }).catch(keepHere);
  });

  /* Industries: results while typing. */
  form.addEventListener("input", function (event) {
    var finder = event.target.closest("[data-finder]");
    if (!finder) return;
    clearTimeout(finding);
    finding = setTimeout(function () {
      fetch("/choices/industries/?q=" + encodeURIComponent(event.target.value)).then(function (answer) {
        return answer.json();
      }).then(function (told) { list(finder.dataset.finder, told.industries); }).catch(keepHere);
    }, 200);
  });
  function list(name, hits) {
    var place = form.querySelector('[data-found="' + name + '"]');
    var chosen = place.querySelector("input:checked");
    var kept = chosen && chosen.closest(".choice");
    place.textContent = "";
    if (kept) place.appendChild(kept);
    hits.forEach(function (hit) {
      if (kept && chosen.value === hit.code) return;
      var label = document.createElement("label"), radio = document.createElement("input");
      var words = document.createElement("span"), code = document.createElement("small");
      label.className = "choice"; radio.type = "radio"; radio.name = name; radio.value = hit.code;
      words.textContent = hit.name; code.textContent = hit.code;
      words.appendChild(code); label.append(radio, words); place.appendChild(label);
    });
  }

  /* Files: sent when chosen, with progress. */
  form.addEventListener("change", function (event) {
    var field = event.target.getAttribute("data-upload");
    if (!field) return;
    Array.prototype.slice.call(event.target.files).forEach(function (file) { upload(event.target, field, file); });
    event.target.value = "";
  });
  function upload(input, field, file) {
    var files = form.querySelector('[data-files="' + field + '"]');
    var drawn = files.parentNode.querySelector("template[data-uploading]").content.cloneNode(true);
    var line = drawn.firstElementChild, error = line.querySelector(".err");
    line.querySelector("[data-name]").textContent = file.name;
    files.appendChild(line);
    amount(0);
    var body = new FormData(), request = new XMLHttpRequest();
    body.append("file", file);
    request.open("POST", form.dataset.files + field + "/");
    request.setRequestHeader("X-CSRFToken", token(form));
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = function (sent) { if (sent.lengthComputable) amount(sent.loaded / sent.total); };
    request.onerror = function () { fail(error.dataset.cut); };
    request.onload = function () {
      var told = {};
      try { told = JSON.parse(request.responseText); } catch (broken) { told = {}; }
      if (request.status !== 200) {
        fail(told.refusal ? told.refusal.sentence + told.refusal.remedy : error.dataset.failed);
        return;
      }
      seen(told.version);
      var template = document.createElement("template");
      template.innerHTML = told.row;
      line.replaceWith(template.content);
    };
    request.send(body);

    function amount(part) {
      var whole = file.size / 1048576;
      line.querySelector("[data-amount]").textContent = (part * whole).toFixed(1) + " / " + whole.toFixed(1) + " MB";
      line.querySelector("rect").setAttribute("width", Math.round(part * 100));
    }
    function fail(words) {
      line.querySelector("svg.progressbar").remove();
      line.querySelector("[data-amount]").remove();
      error.lastElementChild.textContent = words;
      error.hidden = false;
    }
  }

  showWhatIsAsked();
})();
