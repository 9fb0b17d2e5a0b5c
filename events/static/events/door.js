"use strict";
// The door: asks the server while there is a network, decides by its own list while there is none, sends it later.
(function () {
  const main = document.querySelector("[data-door]");
  const said = JSON.parse(main.dataset.words);
  const vault = window.DoorVault;
  const home = main.dataset.door;
  const part = (name) => main.querySelector("[data-part=" + name + "]");
  const PATIENCE = 2500; // how long a person waits for the server before the list decides
  const PAUSE = 8000; // between two visits to the server
  let meta = null; // what may be read without the key: date, salt, hours, name of the door
  let list = null; // what lies under the key: people, states, when it was read
  let queue = []; // what is not sent yet, oldest first
  let csrf = "";
  let online = false;
  let lastTry = 0;
  let keptAt = 0; // when the list was last written to the disk
  let flight = Promise.resolve();
  let lacking = ""; // the date whose list this telephone still waits for

  // Words and drawing --------------------------------------------------------------------------------------------
  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, name) => (values[name] === undefined ? "" : values[name])).trim();
  }
  function clock(ms) {
    const lang = document.documentElement.lang;
    const wall = new Date(ms).toLocaleTimeString(lang, { hour: lang === "fr" ? "numeric" : "2-digit", minute: "2-digit" });
    return lang === "fr" ? wall.replace(/^0(?=\d)/, "").replace(":", "\u00a0h\u00a0") : wall;
  }
  function element(name, text, kind) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }
  function button(text, act, kind) {
    const made = element("button", text, kind);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }
  function notice(text, link) {
    const box = part("notice");
    box.replaceChildren(text || "");
    if (text && link) {
      const way = element("a", main.dataset.signInWords);
      way.href = main.dataset.signIn;
      box.append(" ", way);
    }
    box.hidden = !text;
  }
  function bar() {
    const people = list ? list.people : [];
    const counts = list && list.counts ? list.counts : {};
    const here = people.filter(isIn).length;
    const fresh = queue.filter((one) => one.let_in && one.name).length;
    const inside = online ? counts.inside || 0 : Math.max(here, counts.inside || 0) + fresh;
    const expected = counts.expected === undefined ? people.filter((one) => one[4] === "confirmed").length : counts.expected;
    part("inside").parentElement.hidden = !list;
    part("inside").textContent = fill(said.inside, { inside });
    part("expected").textContent = fill(said.expected, { expected });
    const waiting = queue.length ? " · " + fill(said.queued, { n: queue.length }) : "";
    const at = list ? clock(list.synced_at) : "–";
    part("sync").textContent = fill(online ? said.online : list ? said.offline : said.no_network, { at }) + waiting;
    part("sync").className = online ? "door-on" : "door-off";
  }
  function show(verdict) {
    const box = part("verdict");
    const good = verdict.outcome === "admitted";
    box.className = "door-verdict " + (good ? "door-yes" : verdict.outcome === "undone" ? "door-plain" : "door-no");
    box.replaceChildren(element("strong", said[verdict.outcome]));
    if (verdict.name) box.append(element("b", verdict.name));
    const under = [verdict.category, verdict.organisation].filter(Boolean).join(" · ");
    if (under) box.append(element("p", under));
    if (verdict.why) box.append(element("p", verdict.why));
    const id = verdict.id;
    if (verdict.outcome === "not_confirmed" && verdict.mayVouch) {
      box.append(button(said.vouch, () => attempt({ person: verdict.person, accept: true })));
    }
    if (good && id) box.append(button(said.undo, () => undo(id, verdict.person), "door-quiet"));
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
    if (navigator.vibrate) navigator.vibrate(good ? 80 : [200, 100, 200]);
    part("found").replaceChildren();
    bar();
  }

  // People -------------------------------------------------------------------------------------------------------
  // Of a date of several days only who came in today is inside: the list may have been read yesterday.
  function isIn(person) {
    const now = Date.now() + (list.ahead || 0);
    const today = (list.days || []).reduce((last, start) => (start <= now ? Math.max(last, start) : last), 0);
    return Boolean(person[5]) && person[5] * 1000 >= today;
  }
  const FOLD = { "ɛ": "e", "ɔ": "o", "ɲ": "n", "ŋ": "n", "œ": "oe", "’": " ", "'": " ", "-": " " };
  function fold(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[ɛɔɲŋœ’'-]/g, (one) => FOLD[one]);
  }
  function shortCode(uid) {
    const digits = "0123456789abcdefghjkmnpqrstvwxyz";
    let value = Math.floor(parseInt(uid.slice(0, 12), 16) / 8);
    let code = "";
    for (let place = 0; place < 9; place += 1) {
      code = digits[value % 32] + code;
      value = Math.floor(value / 32);
    }
    return code;
  }
  function tokenOf(text) {
    const found = /(?:^|\/r\/)([\w-]{43})\/?$/.exec(text.trim());
    return found ? found[1] : "";
  }
  async function byCode(code) {
    const token = tokenOf(code);
    if (token && vault.secure) {
      const wanted = await vault.hash(token);
      return list.people.find((one) => one[1] === wanted);
    }
    const short = code.toLowerCase().replace(/[\s-]/g, "").replace(/[il]/g, "1").replace(/o/g, "0");
    return short.length === 9 ? list.people.find((one) => shortCode(one[0]) === short) : undefined;
  }
  function looksLikeCode(text) {
    return Boolean(tokenOf(text)) || /^(?=.*\d)[0-9a-z]{3}[\s-]?[0-9a-z]{3}[\s-]?[0-9a-z]{3}$/i.test(text.trim());
  }
  function search() {
    const box = part("found");
    const words = fold(part("search").value).split(/\s+/).filter(Boolean);
    if (!list || !words.length || words.join("").length < 2) { box.replaceChildren(); return []; }
    const found = list.people.filter((one) => {
      if (!one.text) one.text = fold(one[2] + " " + one[3]);
      const text = one.text;
      return words.every((word) => text.includes(word));
    });
    box.replaceChildren(...found.slice(0, 12).map((one) => {
      const line = button("", () => attempt({ person: one[0] }), "door-person");
      line.append(element("b", one[2]), element("span", [one[6], one[3]].filter(Boolean).join(" · ")),
        element("em", isIn(one) ? fill(said.is_in, { at: clock(one[5] * 1000) }) : list.states[one[4]],
          isIn(one) || one[4] !== "confirmed" ? "door-no-text" : "door-yes-text"));
      return line;
    }));
    if (!found.length) box.append(element("p", said.nobody));
    if (found.length > 12) box.append(element("p", fill(said.more, { n: found.length - 12 })));
    return found;
  }

  // Letting in ---------------------------------------------------------------------------------------------------
  function byList(scan, person) {
    const at = clock(list.synced_at);
    const verdict = {
      id: scan.id, person: person ? person[0] : "", name: person ? person[2] : scan.name || "",
      organisation: person ? person[3] : scan.organisation || "", category: person ? person[6] : "",
      why: fill(said.by_list, { at }),
    };
    if (!person) {
      verdict.outcome = scan.name ? "admitted" : "unknown";
      if (!scan.name) verdict.why = fill(said.unknown_offline, { at });
    } else if (isIn(person)) {
      verdict.outcome = "already";
      verdict.why = fill(said.is_in, { at: clock(person[5] * 1000) });
    } else if (person[4] === "confirmed" || person[4] === "offered" || scan.accept) {
      verdict.outcome = "admitted";
    } else {
      verdict.outcome = "not_confirmed";
      verdict.why = list.states[person[4]];
    }
    verdict.mayVouch = Boolean(person) && (person[4] === "pending" || person[4] === "requested") && !scan.accept;
    return verdict;
  }
  function byServer(scan, told) {
    const person = list.people.find((one) => one[0] === told.person);
    const why = told.outcome === "already" ? fill(said.already_at, { at: told.at, door: told.door ? "(" + told.door + ")" : "" })
      : told.outcome === "not_confirmed" && told.state ? list.states[told.state]
        : told.outcome === "unknown" ? said.unknown_online : "";
    return {
      id: scan.id, outcome: told.outcome, person: told.person, name: told.name || scan.name, why,
      organisation: told.organisation || scan.organisation, category: person ? person[6] : "",
      mayVouch: (told.state === "pending" || told.state === "requested") && !scan.accept,
    };
  }

  async function attempt(scan) {
    if (!list) return;
    scan.id = vault.uuid();
    scan.at = Date.now();
    scan.date = meta.date;
    part("search").value = "";
    const known = scan.code ? await byCode(scan.code) : personOf(scan.person);
    const uid = known ? known[0] : "";
    // On the disk before anything else: a telephone that dies now has it when it wakes.
    queue.push(scan);
    await vault.enqueue(scan);
    const answer = online ? await Promise.race([visit(), late()]) : null;
    if (!list) return; // wiped meanwhile
    const told = answer && answer.results && answer.results[scan.id];
    if (told) { show(byServer(scan, told)); return; }
    online = false; // whoever comes next does not wait as long; the next visit that succeeds says otherwise
    const person = personOf(uid);
    const verdict = byList(scan, person);
    if (verdict.outcome === "admitted") {
      scan.let_in = true;
      if (person) {
        scan.local = uid;
        person[5] = Math.floor((scan.at + (list.ahead || 0)) / 1000);
      }
      if (queue.includes(scan)) await vault.enqueue(scan);
      await keep();
    }
    show(verdict);
    visit();
  }
  async function undo(id, uid) {
    const person = personOf(uid);
    if (person) person[5] = 0;
    const scan = { id: vault.uuid(), at: Date.now(), date: meta.date, undoes: id };
    queue.push(scan);
    await vault.enqueue(scan);
    await keep();
    show({ outcome: "undone", name: person ? person[2] : "" });
    visit();
  }
  function personOf(uid) {
    return uid ? list.people.find((one) => one[0] === uid) : undefined;
  }
  function late() {
    return new Promise((done) => { setTimeout(() => done(null), PATIENCE); });
  }

  // The server ---------------------------------------------------------------------------------------------------
  async function ask(address, options) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 15000);
    try {
      const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", signal: stop.signal, ...options });
      const found = await answer.json().catch(() => null);
      // A hotel's or a cinema's network answers with a page of its own: that is no network.
      return { status: found || answer.status === 403 ? answer.status : 0, found };
    } catch (error) {
      return { status: 0, found: null };
    } finally {
      clearTimeout(timer);
    }
  }
  // One visit at a time; each takes along what waits when it begins.
  function visit() {
    const next = flight.then(send, send);
    flight = next;
    return next;
  }
  function post(scans, after) {
    return ask(home + "sync", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({
        date: meta.date, generation: meta.generation, door: meta.door, device: meta.device, after,
        sent_at: Date.now(), scans,
      }),
    });
  }
  async function send() {
    if (!meta || !list) return null;
    const going = queue.filter((one) => one.date === meta.date).slice(0, 200).map((one) => ({ ...one }));
    const { status, found } = await post(going, list.last);
    online = status === 200;
    if (status === 403 && !found) { await read(); return null; } // the token of an earlier sign-in
    if (status === 401 || status === 403) await barred(status, found);
    if (!online || !list) { bar(); return null; }
    notice("");
    csrf = found.csrf;
    await settle(going, found);
    if (found.wipe) { await wipe(found); return found; }
    if (found.stamp !== list.stamp && Date.now() - list.read_at > 4000) await read();
    bar();
    return found;
  }
  async function drop(going, found) {
    const done = going.filter((one) => {
      const live = queue.find((other) => other.id === one.id);
      // The list decided while the post was under way: it is said in the next one.
      const changed = live && live.let_in && !one.let_in;
      return !changed && (found.results[one.id] || found.spoilt.includes(one.id));
    }).map((one) => one.id);
    queue = queue.filter((one) => !done.includes(one.id));
    if (done.length) await vault.drop(done);
  }
  async function settle(going, found) {
    await drop(going, found);
    const back = new Set(going.filter((one) => one.undoes).map((one) => (found.results[one.id] || {}).person));
    if (found.entered.length) {
      const people = new Map(list.people.map((one) => [one[0], one]));
      found.entered.forEach(([uid, at]) => {
        const person = people.get(uid);
        if (person && !back.has(uid)) person[5] = Math.max(person[5], at);
      });
    }
    list.last = found.last;
    list.counts = found.counts;
    list.synced_at = Date.now();
    if (going.length || found.entered.length || Date.now() - keptAt > 60000) await keep();
    conflicts(found.conflicts);
  }
  async function keep() {
    keptAt = Date.now();
    await vault.setList(list);
  }
  function conflicts(rows) {
    const box = part("conflicts");
    box.hidden = !rows.length;
    box.querySelector("ul").replaceChildren(...rows.map((one) => element("li",
      [one.name || "?", said["conflict_" + one.outcome], one.at, one.door].filter(Boolean).join(" · "))));
    box.querySelector("b").textContent = String(rows.length);
  }
  async function barred(status, found) {
    online = false;
    if (status === 401) notice(said.signed_out, true);
    else if (found && found.wipe) {
      await vault.forget();
      list = null;
      notice(said.forbidden);
      closeDesk();
    }
  }

  // The list -----------------------------------------------------------------------------------------------------
  async function read(date) {
    const asked = new URLSearchParams();
    if (date || (meta && meta.date)) asked.set("date", date || meta.date);
    if (meta && meta.generation !== undefined) asked.set("generation", meta.generation);
    const { status, found } = await ask(home + "list.json?" + asked);
    if (status === 401 || status === 403) { await barred(status, found); return status; }
    if (status === 410) { await over(found); return status; }
    if (status !== 200) { online = false; return status; }
    online = true;
    csrf = found.csrf;
    if (found.former_key && meta && meta.salt && !list) await openQueue(found.former_key);
    const fresh = !meta || !meta.salt || meta.generation !== found.generation || meta.date !== found.date;
    meta = {
      date: found.date, generation: found.generation, wipe_at: found.wipe_at,
      salt: fresh ? vault.secure && vault.salt() : meta.salt,
      door: (meta && meta.door) || "", device: (meta && meta.device) || vault.uuid(),
    };
    if (fresh || !list) await vault.unlock(found.key, meta.salt);
    list = {
      people: found.people, states: found.states, counts: found.counts, last: found.last, stamp: found.stamp,
      categories: found.categories, days: found.days, ahead: found.now - Date.now(), when: found.when, place: found.place, key: found.key, read_at: Date.now(), synced_at: Date.now(),
    };
    queue.forEach((scan) => { // what was done here and is not sent yet is done all the same
      const person = list.people.find((one) => one[0] === scan.local);
      if (person && scan.let_in) person[5] = person[5] || Math.floor(scan.at / 1000);
    });
    await vault.setMeta(meta);
    await keep();
    if (fresh) for (const scan of queue) await vault.enqueue(scan);
    openDesk();
    return status;
  }
  async function openQueue(key) {
    await vault.unlock(key, meta.salt);
    const found = [];
    for (const sealed of await vault.queue()) {
      try { found.push(await vault.unseal(sealed)); } catch (error) { /* of another key: it stays where it is */ }
    }
    queue = found.sort((one, other) => one.at - other.at);
  }
  // The date is over: what waits is sent, then nothing stays.
  async function over(found) {
    csrf = found.csrf;
    online = true;
    if (found.former_key && meta && meta.salt && !list) await openQueue(found.former_key);
    if (queue.length) {
      list = list || { people: [], states: {}, last: 0, read_at: 0, synced_at: Date.now() };
      const going = queue.slice(0, 200);
      const { status, found: told } = await post(going, 0);
      if (status === 200) await drop(going, told);
    }
    await expire(found.words);
  }
  async function expire(text) {
    list = null;
    await vault.forget();
    notice(text || said.wiped);
    closeDesk();
  }
  async function wipe(found) {
    if (found.generation !== meta.generation) {
      notice(said.wiped_key);
      await vault.forget();
      await read();
    } else {
      await read();
    }
  }
  async function unlockByHand(event) {
    event.preventDefault();
    try {
      await vault.unlock(part("key").value, meta.salt);
      list = await vault.unseal(await vault.list());
      await openQueue(part("key").value);
    } catch (error) {
      list = null;
      notice(said.wrong_key);
      return;
    }
    notice("");
    openDesk();
    visit();
  }
  function openDesk() {
    part("locked").hidden = true;
    part("desk").hidden = false;
    part("when").textContent = [list.when, list.place].filter(Boolean).join(" · ");
    part("door-key").textContent = list.key ? list.key.replace(/(...)(?=.)/g, "$1 ") : "";
    part("door-name").value = meta.door;
    const box = part("categories");
    const choice = box.querySelector("select");
    const offered = list.categories || [];
    box.hidden = !offered.length;
    if (choice.options.length === 1) offered.forEach(([uid, name]) => choice.add(new Option(name, uid)));
    bar();
  }
  function closeDesk() {
    part("desk").hidden = true;
    part("verdict").hidden = true;
    stopCamera();
  }
  async function closeDoor() {
    if (queue.length) await visit();
    if (queue.length) { notice(fill(said.pending_wipe, { n: queue.length })); return; }
    vault.lock();
    list = meta = null;
    await vault.wipe();
    await vault.wipeQueue();
    notice(said.wiped);
    closeDesk();
  }

  // The camera ---------------------------------------------------------------------------------------------------
  let stream = null;
  async function camera() {
    if (stream) { stopCamera(); return; }
    if (!window.BarcodeDetector || !navigator.mediaDevices) { notice(said.no_camera); return; }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch (error) { notice(said.camera_refused); return; }
    const video = part("video");
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    part("camera").textContent = said.camera_stop;
    const reader = new window.BarcodeDetector({ formats: ["qr_code"] });
    let before = { code: "", at: 0 };
    while (stream) {
      const [seen] = await reader.detect(video).catch(() => []);
      if (seen && (seen.rawValue !== before.code || Date.now() - before.at > 4000)) {
        before = { code: seen.rawValue, at: Date.now() };
        await attempt({ code: seen.rawValue.slice(0, 300) });
      }
      await new Promise((done) => { setTimeout(done, 200); });
    }
  }
  function stopCamera() {
    if (stream) stream.getTracks().forEach((one) => one.stop());
    stream = null;
    part("video").hidden = true;
    part("camera").textContent = said.camera;
  }

  // Begin --------------------------------------------------------------------------------------------------------
  async function keepShell() {
    if (!navigator.serviceWorker || !window.caches) return;
    await navigator.serviceWorker.register("/door/worker.js", { scope: "/door/" });
    const shell = await caches.open("door-1");
    const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
    await shell.addAll([home, ...files]);
    main.dataset.kept = "yes"; // from now on the page opens without a network
  }
  function listen() {
    part("search").addEventListener("input", search);
    part("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = part("search").value;
      if (looksLikeCode(text)) { attempt({ code: text.trim() }); return; }
      const found = search();
      if (found.length === 1) attempt({ person: found[0][0] });
    });
    part("camera").addEventListener("click", camera);
    part("locked").addEventListener("submit", unlockByHand);
    part("walk-in").addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      const name = form.elements.name.value.trim();
      const [organisation, phone, category] = ["organisation", "phone", "category"].map((one) => form.elements[one].value.trim());
      if (name) attempt({ name, organisation, phone, category });
      form.reset();
      form.closest("details").open = false;
    });
    part("door-name").addEventListener("change", async (event) => {
      meta.door = event.target.value.trim().slice(0, 60);
      await vault.setMeta(meta);
    });
    part("close").addEventListener("click", closeDoor);
    const dates = part("date");
    if (dates) dates.addEventListener("change", async () => { await visit(); if (!queue.length) { await read(dates.value); bar(); } });
    window.addEventListener("online", () => { if (list) visit(); else if (lacking) read(lacking); });
    window.addEventListener("offline", () => { online = false; bar(); });
    setInterval(() => {
      if (list && meta.wipe_at < Date.now()) { visit().then(() => list && expire()); return; }
      if (document.hidden || Date.now() - lastTry < PAUSE) return;
      lastTry = Date.now();
      if (list) visit(); else if (lacking) read(lacking);
    }, 2000);
  }
  async function begin() {
    listen();
    if (!vault.secure) notice(said.insecure);
    await vault.open("door-" + home.split("/")[2]);
    meta = (await vault.meta()) || null;
    if (meta && meta.wipe_at < Date.now()) await vault.forget(); // without a network too
    const dates = part("date");
    if (dates && meta && [...dates.options].some((one) => one.value === meta.date)) dates.value = meta.date;
    const wanted = dates ? dates.value : main.dataset.date;
    // What is not sent yet belongs to the date that this telephone held: that one first.
    let status = await read(meta ? meta.date : wanted);
    if (status === 410 && meta && wanted !== meta.date && !queue.length) {
      meta = null;
      notice("");
      status = await read(wanted);
    }
    if (!list && status !== 403 && status !== 410) lacking = meta ? meta.date : wanted;
    if (list) { visit(); } else if (meta && status !== 403 && status !== 410 && (await vault.list())) {
      part("locked").hidden = false;
      bar();
    } else if (!status) notice(said.no_list);
    if (online) await keepShell().catch(() => {});
  }
  begin();
})();
