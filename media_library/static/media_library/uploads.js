/* Files go piece by piece (tus 1.0), one after the other, and go on where a broken line left them: chosen again
   after a crash, too. Without this script the form sends them in one go. */
(() => {
  const form = document.getElementById("library-send");
  if (!form || !window.fetch || !window.localStorage) return;
  const input = form.querySelector("input[type=file]");
  const list = document.getElementById("library-sending");
  const template = document.getElementById("library-sending-one");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const words = list.dataset;
  const tus = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token };
  const least = 256 * 1024;
  const most = 4 * 1024 * 1024;
  let piece = least;

  const wait = (ms) => new Promise((go) => { window.setTimeout(go, ms); });
  const encode = (text) => {
    let out = "";
    for (const byte of new TextEncoder().encode(text)) out += String.fromCharCode(byte);
    return btoa(out);
  };
  const keyOf = (file) => `library:${file.name}:${file.size}:${file.lastModified}`;

  class Refused extends Error {}

  const ask = async (url, options) => {
    const answer = await fetch(url, { credentials: "same-origin", ...options, headers: { ...tus, ...options.headers } });
    if ([413, 422, 429, 507].includes(answer.status)) throw new Refused(await answer.text());
    if (answer.redirected || answer.status === 403) throw new Refused(words.signin);
    return answer;
  };

  const begin = async (file) => {
    const said = { filename: file.name };
    for (const name of ["credit", "copyright", "place", "licence"]) {
      if (form.elements[name] && form.elements[name].value) said[name] = form.elements[name].value;
    }
    const metadata = Object.entries(said).map(([key, value]) => `${key} ${encode(value)}`).join(",");
    const answer = await ask(form.action, { method: "POST", headers: { "Upload-Length": file.size, "Upload-Metadata": metadata } });
    if (answer.status !== 201) throw new Error(answer.status);
    const url = answer.headers.get("Location");
    window.localStorage.setItem(keyOf(file), url);
    return url;
  };

  // Where it stands: the offset, or null where the server has forgotten it.
  const offsetOf = async (url) => {
    const answer = await ask(url, { method: "HEAD" });
    return answer.ok ? Number(answer.headers.get("Upload-Offset")) : null;
  };

  const send = async (file, show) => {
    let url = window.localStorage.getItem(keyOf(file));
    let offset = url ? await offsetOf(url) : null;
    if (offset === null) { url = await begin(file); offset = 0; }
    if (offset === file.size) offset = await push(url, file, offset);
    while (offset < file.size) {
      show(offset);
      offset = await push(url, file, offset);
    }
    show(offset);
    const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    window.localStorage.removeItem(keyOf(file));
    return answer.json();
  };

  const push = async (url, file, offset) => {
    const began = Date.now();
    const body = file.slice(offset, offset + piece);
    const answer = await ask(url, {
      method: "PATCH", body,
      headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": offset },
    });
    if (answer.status === 409) return offsetOf(url);
    if (answer.status === 404 || answer.status === 410) { window.localStorage.removeItem(keyOf(file)); }
    if (!answer.ok) throw new Error(answer.status);
    piece = Date.now() - began < 4000 ? Math.min(piece * 2, most) : Math.max(Math.round(piece / 2), least);
    return Number(answer.headers.get("Upload-Offset"));
  };

  const row = (file) => {
    const item = template.content.firstElementChild.cloneNode(true);
    const part = (name) => item.querySelector(`[data-part="${name}"]`);
    part("name").textContent = file.name;
    part("bar").max = file.size || 1;
    part("state").textContent = words.waiting;
    list.append(item);
    return {
      part,
      show: (offset) => {
        part("bar").value = offset;
        part("state").textContent = `${Math.floor((100 * offset) / (file.size || 1))} %`;
      },
      // The last word: taken, with what is already there; or the sentence why not.
      end: (said) => {
        part("state").textContent = said.state === "taken" ? words.taken : said.sentence;
        item.dataset.state = said.state;
        if (said.edit) { part("edit").href = said.edit; part("edit").hidden = false; }
        for (const kind of ["same", "alike"]) {
          for (const one of said[kind] || []) {
            const link = document.createElement("a");
            link.href = one.edit;
            link.textContent = one.title;
            part(kind).append(" ", link);
            part(kind).hidden = false;
          }
        }
      },
    };
  };

  const one = async (file, shown) => {
    for (let tries = 0; ; tries += 1) {
      try {
        shown.end(await send(file, shown.show));
        return;
      } catch (error) {
        if (error instanceof Refused) { shown.end({ state: "refused", sentence: error.message }); return; }
        shown.part("state").textContent = words.broken;
        await wait(Math.min(30000, 1000 * 2 ** Math.min(tries, 5)));
      }
    }
  };

  let queue = Promise.resolve();
  let left = 0;
  const take = () => {
    for (const file of input.files) {
      const shown = row(file);
      left += 1;
      queue = queue.then(() => one(file, shown)).then(() => { left -= 1; });
    }
    input.value = "";
    queue.then(() => { if (!left) document.getElementById("library-next").hidden = false; });
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); take(); });
  window.addEventListener("beforeunload", (event) => { if (left) event.preventDefault(); });
})();
