"use strict";
// What a telephone at a door keeps: the list, and what is not sent yet, both under AES-GCM. The key is made of the
// door's key, which the server tells to signed-in staff or a hand types; it is kept in memory alone, on no disk.
window.DoorVault = (function () {
  const ROUNDS = 310000; // PBKDF2-SHA-256
  const secure = Boolean(window.isSecureContext && window.crypto && crypto.subtle && window.indexedDB);
  const memory = { kept: new Map(), queue: new Map() };
  let base = null;
  let cipher = null;
  let made = ""; // of which key and salt the cipher was made: making it takes a cheap telephone a second

  function wait(request) {
    return new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  }

  async function open(name) {
    if (!secure) return;
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("kept");
      request.result.createObjectStore("queue");
    };
    base = await wait(request);
  }

  // One change, on the disk when the promise is kept.
  function change(store, work) {
    if (!base) { work(fake(store)); return Promise.resolve(); }
    return new Promise((done, failed) => {
      const all = base.transaction(store, "readwrite", { durability: "strict" });
      all.oncomplete = () => done();
      all.onerror = all.onabort = () => failed(all.error);
      work(all.objectStore(store));
    });
  }

  function fake(store) {
    return {
      put: (value, key) => memory[store].set(key, value),
      delete: (key) => memory[store].delete(key),
      clear: () => memory[store].clear(),
    };
  }

  async function get(store, key) {
    return base ? wait(base.transaction(store).objectStore(store).get(key)) : memory[store].get(key);
  }

  async function all(store) {
    return base ? wait(base.transaction(store).objectStore(store).getAll()) : [...memory[store].values()];
  }

  // The digits of the key as the server writes them: i, l and o are read for 1, 1 and 0.
  function plain(text) {
    return text.toLowerCase().replace(/[\s-]/g, "").replace(/[il]/g, "1").replace(/o/g, "0");
  }

  async function unlock(text, salt) {
    if (!secure) return;
    const asked = plain(text) + " " + salt.join(" ");
    if (cipher && made === asked) return;
    const raw = await crypto.subtle.importKey("raw", new TextEncoder().encode(plain(text)), "PBKDF2", false, ["deriveKey"]);
    cipher = await crypto.subtle.deriveKey(
      { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, raw,
      { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    made = asked;
  }

  async function seal(value) {
    if (!secure) return value;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(value));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cipher, text) };
  }

  // Raises OperationError where the key is another.
  async function unseal(sealed) {
    if (!secure) return sealed;
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, cipher, sealed.data);
    return JSON.parse(new TextDecoder().decode(text));
  }

  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  }

  async function hash(text) {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("").slice(0, 24);
  }

  return {
    secure, open, unlock, seal, unseal, uuid, hash,
    salt: () => crypto.getRandomValues(new Uint8Array(16)),
    meta: () => get("kept", "meta"),
    setMeta: (meta) => change("kept", (store) => store.put(meta, "meta")),
    list: () => get("kept", "list"),
    setList: async (list) => { const sealed = await seal(list); await change("kept", (store) => store.put(sealed, "list")); },
    queue: () => all("queue"),
    enqueue: async (scan) => { const sealed = await seal(scan); await change("queue", (store) => store.put(sealed, scan.id)); },
    drop: (ids) => change("queue", (store) => ids.forEach((id) => store.delete(id))),
    lock: () => { cipher = null; },
    // What is not sent yet needs the salt that stands beside the list.
    forget: async () => {
      const left = (await all("queue")).length;
      await change("kept", (store) => (left ? store.delete("list") : store.clear()));
    },
    wipe: () => change("kept", (store) => store.clear()),
    wipeQueue: () => change("queue", (store) => store.clear()),
  };
})();
