"use strict";
// Keeps the door's page, which holds no name, for when there is no network. Lists and entries never pass through here.
const SHELL = "door-1";
const WAIT = 3000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("door-") && name !== SHELL) await caches.delete(name);
  await self.clients.claim();
})()));

async function kept(request) {
  const found = await caches.match(request, { ignoreSearch: true });
  return found || Response.error();
}

// The page as it is now, where that comes in time; else the one that was kept.
async function page(request) {
  const soon = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), WAIT));
  try {
    const answer = await Promise.race([fetch(request), soon]);
    if (answer.ok && answer.type === "basic" && !answer.redirected) {
      const shell = await caches.open(SHELL);
      await shell.put(request.url.split("?")[0], answer.clone());
      return answer;
    }
    return answer.status >= 500 ? kept(request) : answer;
  } catch (error) {
    return kept(request);
  }
}

// Names of static files change with their content.
async function file(request) {
  const found = await caches.match(request);
  return found || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(file(event.request));
});
