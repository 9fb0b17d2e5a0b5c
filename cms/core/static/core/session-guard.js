/* Keeps what is typed when the session ends or the network fails while a form of the admin is open.
   Before a form is posted, the server is asked whether the session holds; if not, the form stays, with a way to
   sign in elsewhere, and is posted with the new CSRF token. */
(() => {
  "use strict";
  const self = document.currentScript;
  const sessionUrl = self.dataset.sessionUrl;
  const loginUrl = self.dataset.loginUrl;
  let words = {
    title: "Votre session a pris fin. Rien de ce que vous avez saisi n’est perdu.",
    sign_in: "Se reconnecter dans un autre onglet",
    again: "Je suis reconnecté : enregistrer",
    offline: "Le réseau ne répond pas. Votre texte reste sur cette page ; réessayez dans un instant.",
  };
  const passed = new WeakSet();

  const ask = async () => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 15000);
    try {
      const answer = await fetch(sessionUrl, {
        credentials: "same-origin", cache: "no-store", signal: stop.signal,
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      words = state.words;
      return state;
    } finally {
      clearTimeout(timer);
    }
  };

  const renew = (token) => {
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
    const config = document.getElementById("wagtail-config");
    if (config) {
      try {
        const values = JSON.parse(config.textContent);
        values.CSRF_TOKEN = token;
        config.textContent = JSON.stringify(values);
        if (window.wagtailConfig) window.wagtailConfig.CSRF_TOKEN = token;
      } catch { /* another Wagtail's own affair */ }
    }
  };

  // Wagtail's buttons show "saving…" from the click on; a form that waits gives them back.
  const release = () => document.querySelectorAll("[data-w-progress-loading-value=true]").forEach((waiting) => {
    waiting.setAttribute("data-w-progress-loading-value", "false");
  });

  const show = (text, actions) => {
    release();
    document.querySelector(".session-guard")?.remove();
    const box = document.createElement("div");
    box.className = "session-guard";
    box.setAttribute("role", "alertdialog");
    box.setAttribute("aria-live", "assertive");
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line, ...actions);
    document.body.append(box);
    box.querySelector("a, button")?.focus();
  };

  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-small";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };

  const send = (form, submitter) => {
    passed.add(form);
    release();
    if (submitter) submitter.disabled = false;
    document.querySelector(".session-guard")?.remove();
    form.requestSubmit(submitter && submitter.form === form ? submitter : undefined);
  };

  const attempt = async (form, submitter) => {
    let state;
    try {
      state = await ask();
    } catch {
      show(words.offline, [button("OK", () => document.querySelector(".session-guard").remove())]);
      return;
    }
    if (state.signed_in) {
      renew(state.csrf);
      send(form, submitter);
      return;
    }
    const link = document.createElement("a");
    link.href = loginUrl;
    link.target = "_blank";
    link.rel = "noopener";
    link.className = "button button-small button-secondary";
    link.textContent = words.sign_in;
    show(words.title, [link, button(words.again, () => attempt(form, submitter))]);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || (form.method || "").toLowerCase() !== "post") return;
    if (!form.querySelector("input[name=csrfmiddlewaretoken]") || form.action.endsWith(loginUrl)) return;
    if (event.defaultPrevented) return;
    if (passed.has(form)) { passed.delete(form); return; }
    event.preventDefault();
    attempt(form, event.submitter);
  });
})();
