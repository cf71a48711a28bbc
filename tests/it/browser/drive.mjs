// Opens one page in headless Chromium and prints what happened, as JSON:
//   node drive.mjs CHROMIUM PAGE AXE|- WIDTH light|dark PICTURE|-
// Speaks the DevTools protocol over a pipe (NUL-separated JSON), so that no package is needed.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [chromium, page, axe, width, scheme, picture] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "omniform-browser-"));
const browser = spawn(
  chromium,
  [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank",
  ],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
);
const fail = (why) => {
  browser.kill("SIGKILL");
  console.error(why);
  process.exit(1);
};
setTimeout(() => fail("the browser did not answer within 120 s"), 120_000).unref();

let next = 0;
let buffered = Buffer.alloc(0);
const waiting = new Map();
const events = [];
const listeners = [];
browser.stdio[4].on("data", (bytes) => {
  buffered = Buffer.concat([buffered, bytes]);
  for (let end = buffered.indexOf(0); end >= 0; end = buffered.indexOf(0)) {
    const message = JSON.parse(buffered.subarray(0, end).toString("utf8"));
    buffered = buffered.subarray(end + 1);
    if (message.id) {
      waiting.get(message.id)(message);
    } else {
      events.push(message);
      listeners.forEach((listener) => listener(message));
    }
  }
});
const send = (method, params = {}, sessionId) =>
  new Promise((done) => {
    const id = ++next;
    waiting.set(id, (answer) => (answer.error ? fail(`${method}: ${answer.error.message}`) : done(answer.result)));
    browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
  });
const event = (method) =>
  new Promise((done) => listeners.push((message) => message.method === method && done(message)));

const { targetId } = await send("Target.createTarget", { url: "about:blank" });
const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
const call = (method, params) => send(method, params, sessionId);
for (const domain of ["Page", "Runtime", "Log", "Network"]) await call(`${domain}.enable`);
await call("Emulation.setDeviceMetricsOverride", {
  width: Number(width), height: 900, deviceScaleFactor: 1, mobile: Number(width) < 500,
});
await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });

const evaluate = async (expression) => {
  const answer = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (answer.exceptionDetails) fail(JSON.stringify(answer.exceptionDetails));
  return answer.result.value;
};

const loaded = event("Page.loadEventFired");
await call("Page.navigate", { url: pathToFileURL(resolve(page)).href });
await loaded;
// What the page itself did is over; what follows is ours.
const own = events.slice();
const loadMs = await evaluate("Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)");
// The longest gap between two frames while the page is scrolled from its top to its end.
const frameMs = await evaluate(`(async () => {
  let longest = 0, before = performance.now();
  for (let turn = 0; turn < 60; turn++) {
    scrollTo(0, document.documentElement.scrollHeight * turn / 59);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
  }
  scrollTo(0, 0);
  return Math.round(longest);
})()`);
const scrollWidth = await evaluate("document.documentElement.scrollWidth");
const marked = await evaluate("getComputedStyle(document.querySelector('main')).maxWidth");
if (picture !== "-") {
  const { cssContentSize } = await call("Page.getLayoutMetrics");
  const height = Math.min(Math.ceil(cssContentSize.height), 6000);
  const clip = { x: 0, y: 0, width: Number(width), height, scale: 1 };
  const { data } = await call("Page.captureScreenshot", { clip, captureBeyondViewport: true });
  writeFileSync(picture, Buffer.from(data, "base64"));
}
let violations = null;
if (axe !== "-") {
  await evaluate(readFileSync(axe, "utf8") + "\n;0");
  violations = await evaluate(`axe.run(document).then((found) => found.violations.map((it) =>
    it.id + ": " + it.help + " " + it.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")))`);
}
const problems = own
  .filter((it) => ["Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"].includes(it.method))
  .map((it) => JSON.stringify(it.params));
const requests = own
  .filter((it) => it.method === "Network.requestWillBeSent")
  .map((it) => it.params.request.url)
  .filter((url) => url !== "about:blank");
console.log(JSON.stringify({ problems, requests, violations, scrollWidth, marked, loadMs, frameMs }));
const gone = new Promise((done) => browser.on("exit", done));
await Promise.race([send("Browser.close"), gone]);
await gone;
rmSync(profile, { recursive: true, force: true });
process.exit(0);
