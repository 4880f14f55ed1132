// Runs Lighthouse (mobile) over several addresses in one browser and prints one line of JSON for
// each: {"url", "scores": {category: 0..100}, "failed": [audits that cost points]}.
// Usage: CHROME_PATH=... node lighthouse.mjs URL...
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";

const chrome = await chromeLauncher.launch({
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"],
});
try {
  for (const url of process.argv.slice(2)) {
    const { lhr } = await lighthouse(url, {
      port: chrome.port,
      output: "json",
      logLevel: "error",
      disableFullPageScreenshot: true,
    });
    const failed = Object.values(lhr.categories).flatMap(category =>
      category.auditRefs
        .filter(ref => ref.weight > 0 && (lhr.audits[ref.id].score ?? 1) < 1)
        .map(ref => `${category.id}: ${ref.id} ${lhr.audits[ref.id].displayValue ?? ""}`.trim()),
    );
    const scores = Object.fromEntries(
      Object.values(lhr.categories).map(category => [category.id, Math.round(category.score * 100)]),
    );
    console.log(JSON.stringify({ url, scores, failed, error: lhr.runtimeError?.message ?? "" }));
  }
} finally {
  await chrome.kill();
}
