// Shows the next ten dates of a repetition while it is being written.
(function () {
  "use strict";
  var url = document.currentScript.dataset.datesUrl;
  var names = ["start_date", "start_time", "end_date", "end_time", "whole_day", "zone", "repeat",
    "repeat_every", "repeat_days", "repeat_until", "repeat_count", "left_out", "also_on", "kept_rule"];
  function begin() {
    var first = document.querySelector('select[name="repeat"]');
    if (!first) { return; }
    var form = first.closest("form");
    var box = document.createElement("div");
    box.setAttribute("role", "status");
    box.className = "help-block help-info";
    box.hidden = true;
    (first.closest(".w-field__wrapper, [data-field-wrapper], .w-field") || first).after(box);
    var timer, asks = 0;
    function show() {
      var asked = new URLSearchParams();
      new FormData(form).forEach(function (value, name) {
        if (names.indexOf(name) >= 0 && typeof value === "string") { asked.append(name, value); }
      });
      if (!asked.get("start_date") || !(asked.get("repeat") || asked.get("also_on"))) {
        box.hidden = true;
        return;
      }
      var ask = ++asks;
      fetch(url + "?" + asked, { credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (found) {
          // A slow answer to what was typed before says nothing any more.
          if (!found || ask !== asks) { return; }
          box.replaceChildren();
          var words = document.createElement("p");
          words.textContent = found.error || found.words;
          box.append(words);
          if (found.dates && found.dates.length) {
            var list = document.createElement("ol");
            found.dates.forEach(function (one) {
              var line = document.createElement("li");
              line.textContent = one;
              list.append(line);
            });
            box.append(list);
          }
          box.hidden = false;
        })
        .catch(function () { /* the server says it again on saving */ });
    }
    function soon(event) {
      if (names.indexOf(event.target.name) < 0) { return; }
      clearTimeout(timer);
      timer = setTimeout(show, 400);
    }
    form.addEventListener("change", soon);
    form.addEventListener("input", soon);
    show();
  }
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", begin);
  } else {
    begin();
  }
})();
