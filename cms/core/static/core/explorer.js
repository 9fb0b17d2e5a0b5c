// Reads the OpenAPI document and draws one form per operation. No library, nothing from elsewhere.
"use strict";
(function () {
  const main = document.getElementById("operations");
  const token = document.getElementById("token");
  const words = main.dataset; // in the reader's language; what the document says is English

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  function kind(schema) {
    if (!schema) return "";
    if (schema.enum) return schema.enum.map((one) => (one === "" ? "(empty)" : one)).join(", ");
    if (schema.$ref) return schema.$ref.split("/").pop();
    if (schema.type === "array") return "list of " + (kind(schema.items) || "values");
    const bounds = [];
    if (schema.minimum !== undefined) bounds.push("from " + schema.minimum);
    if (schema.maximum !== undefined) bounds.push("to " + schema.maximum);
    return [schema.type, ...bounds].filter(Boolean).join(" ");
  }

  function field(parameter, prefix) {
    const input = element("input", {
      id: prefix + parameter.name, name: parameter.name, "data-in": parameter.in, autocomplete: "off",
      spellcheck: "false", required: parameter.required ? "" : null,
      value: parameter.example || (parameter.schema && parameter.required && parameter.schema.enum
        ? parameter.schema.enum[0] : null),
    });
    const hint = [kind(parameter.schema), parameter.description].filter(Boolean).join(" · ");
    return element("label", { for: input.id }, parameter.name + (parameter.required ? " *" : ""),
      element("small", { lang: "en" }, hint), input);
  }

  function address(template, form) {
    const query = new URLSearchParams();
    let path = template;
    for (const input of form.querySelectorAll("input")) {
      if (input.dataset.in === "path") {
        path = path.replace("{" + input.name + "}",
          input.value.split("/").map(encodeURIComponent).join("/"));
      } else if (input.dataset.in === "query" && input.value !== "") {
        query.append(input.name, input.value);
      }
    }
    const text = query.toString();
    return path + (text ? "?" + text : "");
  }

  async function run(method, template, form, output) {
    const headers = { Accept: "application/json" };
    if (token.value) headers.Authorization = "Bearer " + token.value;
    for (const input of form.querySelectorAll("input[data-in=header]")) {
      if (input.value) headers[input.name] = input.value;
    }
    const body = form.querySelector("textarea");
    if (body) headers["Content-Type"] = "application/json";
    const url = address(template, form);
    output.textContent = method + " " + url + "\n…";
    try {
      const answer = await fetch(url, {
        method, headers, body: body ? body.value : undefined, credentials: "omit",
      });
      const text = await answer.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch (error) { /* not JSON: as it is */ }
      const lines = [method + " " + url, answer.status + " " + answer.statusText];
      for (const name of ["ETag", "Content-Type", "Allow"]) {
        if (answer.headers.get(name)) lines.push(name + ": " + answer.headers.get(name));
      }
      output.textContent = lines.join("\n") + "\n\n" + shown;
    } catch (error) {
      output.textContent = words.unanswered + " " + error.message;
    }
  }

  function operation(method, template, said, number) {
    const prefix = "o" + number + "-";
    const form = element("form", {});
    const fields = element("div", { class: "fields" });
    for (const parameter of said.parameters || []) fields.append(field(parameter, prefix));
    if (fields.children.length) form.append(fields);
    if (said.requestBody) {
      form.append(element("label", { for: prefix + "body" }, words.body,
        element("textarea", { id: prefix + "body", spellcheck: "false" }, '{"title": ""}')));
    }
    form.append(element("button", {}, words.ask));
    const output = element("pre", { tabindex: "0", hidden: "" });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      output.hidden = false;
      run(method, template, form, output);
    });
    const answers = Object.entries(said.responses || {}).filter(([status]) => status !== "default")
      .map(([status, answer]) => status + " " + answer.description).join(" · ");
    return element("details", {},
      element("summary", {}, element("span", { class: "verb " + method }, method), element("code", {}, template),
        element("span", { class: "what", lang: "en" }, said.summary || "")),
      element("div", { class: "inside" }, element("p", { class: "what", lang: "en" }, answers), form, output));
  }

  async function draw() {
    try {
      const answer = await fetch(document.body.dataset.description, { credentials: "omit" });
      const said = await answer.json();
      const byTag = new Map();
      let number = 0;
      for (const [template, methods] of Object.entries(said.paths)) {
        for (const [method, one] of Object.entries(methods)) {
          const tag = (one.tags || ["other"])[0];
          if (!byTag.has(tag)) byTag.set(tag, []);
          byTag.get(tag).push(operation(method.toUpperCase(), template, one, number += 1));
        }
      }
      main.replaceChildren();
      for (const [tag, drawn] of byTag) main.append(element("section", {}, element("h2", { lang: "en" }, tag), ...drawn));
    } catch (error) {
      main.replaceChildren(element("p", { class: "error" }, words.unread + " " + error.message));
    }
  }

  // A token typed here must not be sent by a form of the browser.
  document.getElementById("credentials").addEventListener("submit", (event) => event.preventDefault());
  draw();
})();
