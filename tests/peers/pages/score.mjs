// Print the scores of Lighthouse, from 0 to 1, as JSON: {page: {category: score}}.
// node score.mjs PACKAGES CHROMIUM {"origin", "pages": {PAGE: CATEGORIES or null for all}}
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [packages, executablePath, input] = process.argv.slice(2);
const { origin, pages } = JSON.parse(input);
const modules = path.join(packages, "node_modules");
const require = createRequire(path.join(modules, "x"));
const { default: lighthouse } = await import(pathToFileURL(require.resolve("lighthouse")));
const { launch } = await import(pathToFileURL(require.resolve("chrome-launcher")));

const chrome = await launch({
  chromePath: executablePath,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const scores = {};
  for (const [page, onlyCategories] of Object.entries(pages)) {
    const result = await lighthouse(origin + page, {
      port: chrome.port,
      logLevel: "error",
      // It fetches robots.txt from within the page, which the policy of the pages forbids.
      onlyCategories,
      skipAudits: ["robots-txt"],
    });
    const categories = Object.values(result.lhr.categories);
    scores[page] = Object.fromEntries(categories.map(({ id, score }) => [id, score]));
  }
  process.stdout.write(JSON.stringify(scores));
} finally {
  await chrome.kill();
}
