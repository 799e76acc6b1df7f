// Look at pages with Chromium, at each width and in a colour scheme, and print what is wrong.
// node browse.js PACKAGES CHROMIUM {"origin", "pages": {SCHEME: [PAGE]}, "widths", "smallest"}
// Printed is JSON: the number of views, and what was found: {page, scheme, kind, what}.
"use strict";
const fs = require("fs");
const path = require("path");

const [packages, executablePath, input] = process.argv.slice(2);
const { origin, pages, widths, smallest } = JSON.parse(input);
const { chromium } = require(path.join(packages, "node_modules", "playwright-core"));
const axe = fs.readFileSync(path.join(packages, "node_modules", "axe-core", "axe.min.js"), "utf8");
const PAGE_MILLISECONDS = 30000;

// Runs in the page.
function measure(smallest) {
  document.querySelectorAll("details").forEach((one) => (one.open = true));
  const root = document.documentElement;
  const small = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    const { fontSize } = getComputedStyle(walker.currentNode.parentElement);
    if (text && parseFloat(fontSize) < smallest) small.add(text);
  }
  return {
    excess: root.scrollWidth - root.clientWidth,
    small: [...small].slice(0, 3),
    isStyled: getComputedStyle(document.body).maxWidth !== "none",
  };
}

// Runs in the page.
async function judge() {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`);
}

async function run() {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath, args });
  const found = [];
  let views = 0;
  let seen = { page: "", scheme: "" };
  const report = (kind, what) => found.push({ ...seen, kind, what });

  async function open(scheme) {
    const context = await browser.newContext({ colorScheme: scheme });
    const page = await context.newPage();
    page.setDefaultTimeout(PAGE_MILLISECONDS);
    page.on("console", (message) => report("console", message.text()));
    page.on("pageerror", (error) => report("error", String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(origin)) report("request", request.url());
    });
    return page;
  }

  try {
    for (const scheme of Object.keys(pages)) {
      const page = await open(scheme);
      for (const name of pages[scheme]) {
        seen = { page: name, scheme };
        await page.goto(origin + name);
        for (const width of widths) {
          await page.setViewportSize({ width, height: 900 });
          const { excess, small, isStyled } = await page.evaluate(measure, smallest);
          if (excess > 0) report("overflow", `${excess} px at ${width} px`);
          if (small.length) report("small", small.join(" | "));
          if (!isStyled) report("style", "none");
          views += 1;
        }
        // The policy of the pages forbids scripts, but not to those who look at them.
        await page.evaluate(axe);
        for (const violation of await page.evaluate(judge)) report("axe", violation);
      }
      await page.context().close();
    }
  } finally {
    await browser.close();
  }
  process.stdout.write(JSON.stringify({ views, found }));
}

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
