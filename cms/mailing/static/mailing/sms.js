/* Count the segments of a text message while it is written, as cms/mailing/exports.py does. */
(() => {
  const places = (text, two) => Array.from(text, (one) => (two(one) ? 2 : 1));
  const sum = (list) => list.reduce((total, one) => total + one, 0);
  const pack = (list, [single, each]) => {
    if (sum(list) <= single) return list.length ? 1 : 0;
    let segments = 1;
    let used = 0;
    for (const one of list) {
      if (used + one > each) { segments += 1; used = 0; }
      used += one;
    }
    return segments;
  };
  const measure = (given, basic, extended) => {
    const text = given.replace(/\r\n?/g, "\n");
    const offending = [...new Set(Array.from(text).filter((one) => !basic.includes(one) && !extended.includes(one)))];
    const gsm = places(text, (one) => extended.includes(one));
    const without = pack(gsm, [160, 153]);
    const list = offending.length ? places(text, (one) => one.codePointAt(0) > 0xffff) : gsm;
    const rooms = offending.length ? [70, 67] : [160, 153];
    const units = sum(list);
    return {
      alphabet: offending.length ? "UCS-2" : "GSM-7", units, segments: pack(list, rooms),
      room: units <= rooms[0] ? rooms[0] : rooms[1], offending, without,
    };
  };
  window.kunnafoniSms = { measure };

  for (const area of document.querySelectorAll("textarea[data-sms]")) {
    const form = area.form;
    const box = form.querySelector(`[data-of="${area.id}"]`);
    if (!box) continue;
    const part = (name) => box.querySelector(`[data-part="${name}"]`);
    const unseen = JSON.parse(form.dataset.unseen);
    const show = () => {
      const found = measure(area.value, form.dataset.basic, form.dataset.extended);
      for (const name of ["alphabet", "units", "room", "segments", "without"]) part(name).textContent = found[name];
      part("total").textContent = found.segments * Number(box.dataset.heads);
      part("offending").textContent = found.offending.map((one) => unseen[one] || one).join("  ");
      part("why").hidden = !found.offending.length;
    };
    area.addEventListener("input", show);
    show();
  }
})();
