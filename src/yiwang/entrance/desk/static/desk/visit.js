/* A visit on a telephone: each photograph is sent the moment it is taken, with when and where. Without
   this file photographs go with the form. */
"use strict";
(function () {
  var form = document.querySelector("form[data-photographs]");
  if (!form || !window.fetch) return;
  var token = form.querySelector("[name=csrfmiddlewaretoken]").value;

  function where() {
    return new Promise(function (done) {
      if (!navigator.geolocation) return done(null);
      navigator.geolocation.getCurrentPosition(
        function (found) { done(found.coords); }, function () { done(null); },
        { enableHighAccuracy: true, timeout: 8000, maximumAge: 30000 }
      );
    });
  }

  function body(input, file, coords) {
    var sent = new FormData();
    sent.append("photo", file);
    sent.append("point", input.dataset.point);
    sent.append("taken_at", String(Math.min(file.lastModified || Date.now(), Date.now())));
    if (coords) {
      sent.append("latitude", coords.latitude);
      sent.append("longitude", coords.longitude);
      sent.append("accuracy", coords.accuracy);
    }
    return sent;
  }

  function add(list, answer) {
    var line = document.createElement("li"), link = document.createElement("a");
    link.href = answer.address;
    link.textContent = answer.words;
    line.appendChild(link);
    list.appendChild(line);
  }

  async function send(input) {
    var said = document.getElementById(input.id + "-said");
    var list = document.getElementById(input.id + "-list");
    var files = Array.prototype.slice.call(input.files);
    said.textContent = "正在取位置…";
    var coords = await where();
    for (var i = 0; i < files.length; i += 1) {
      said.textContent = "正在上传 " + (i + 1) + " / " + files.length + "…";
      try {
        var response = await fetch(form.dataset.photographs, {
          method: "POST", body: body(input, files[i], coords),
          headers: { "X-CSRFToken": token, "Accept": "application/json" }
        });
        var answer = await response.json();
        if (!response.ok) {
          var problem = answer.refusal.fields[0] || answer.refusal;
          said.textContent = problem.sentence + (problem.remedy || "");
          return;
        }
        form.elements.version.value = answer.version;
        add(list, answer);
      } catch (error) {
        said.textContent = "网络不通，照片还在您的手机里，请稍后再选一次。";
        return;
      }
    }
    input.value = "";
    said.textContent = files.length + " 张照片已保存";
  }

  form.addEventListener("change", function (event) {
    if (event.target.type === "file" && event.target.files.length) send(event.target);
  });
})();
