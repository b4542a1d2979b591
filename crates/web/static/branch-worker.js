// Stands before /branch: the page comes from the service whenever that answers, and otherwise as it was kept last, for three days at most.
// When the service says that the link is closed, everything goes; when the sign-in is over, the names do (notes that wait name nobody).

const CACHE = 'whitley-branch';
const PATIENCE_MS = 6_000;
const KEPT_MS = 3 * 24 * 3_600 * 1_000;

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && url.pathname === '/branch') event.respondWith(page(request));
  else if (url.pathname.startsWith('/branch/script/') || url.pathname.startsWith('/style/')) event.respondWith(part(request));
});

async function page(request) {
  let answer;
  try {
    answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return (await kept()) ?? Response.error();
  }
  if (answer.status >= 500) return (await kept()) ?? answer;
  if (answer.status === 410) {
    await caches.delete(CACHE);
    await self.registration.unregister();
  } else if ((answer.status === 401 || answer.status === 403) && (await caches.has(CACHE))) {
    await (await caches.open(CACHE)).delete('/branch');
  }
  return answer;
}

async function kept() {
  const answer = await caches.match('/branch', { cacheName: CACHE });
  if (!answer) return undefined;
  if (Date.now() - Date.parse(answer.headers.get('date')) <= KEPT_MS) return answer;
  await (await caches.open(CACHE)).delete('/branch');
  return undefined;
}

async function part(request) {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}
