import assert from "node:assert/strict";
import { reportPage } from "../../../lib/report/document/report_page.ts";
import { hostileNames } from "../samples.ts";

const render = (markdown: string) =>
  reportPage(markdown, {
    title: "Report",
    picture: (address) => address === "a.png" ? "data:image/png;base64,AA" : undefined,
  });

Deno.test("reportPage() needs nothing from outside", () => {
  const page = render("# Title\n\n![Curves. They rise.](a.png)\n\n![stranger](https://example.org/b.png)\n");
  assert.match(page, /<img src="data:image\/png;base64,AA" alt="Curves\. They rise\.">/);
  assert.match(page, /<span class="caption">Curves<\/span>/);
  assert.match(page, /<a href="https:\/\/example\.org\/b\.png">stranger<\/a>/);
  assert.ok(!/<(?:script|link|iframe)|src="(?!data:)|url\(|@import/.test(page));
});

Deno.test("reportPage() shows HTML as it is written, and leaves comments out", () => {
  const page = render(
    "<!-- yours: one -->\n<script>alert(1)</script>\n<!-- end -->\n\ntext <b onclick=x>b</b> <!-- quiet -->\n",
  );
  const body = page.slice(page.indexOf("<main>"));
  assert.ok(!/<script|<b |yours: one|quiet/.test(body), body);
  assert.match(body, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.match(body, /&lt;b onclick=x&gt;b&lt;\/b&gt;/);
});

Deno.test("reportPage() lets no address run a script", () => {
  const page = render("[x](javascript:alert(1)) ![y](javascript:alert(2)) [z](data:text/html,x)\n");
  assert.ok(!/(?:href|src)="(?:javascript|data:text)/i.test(page));
});

Deno.test("reportPage() bears every name", () => {
  for (const name of hostileNames) {
    const page = render(`| class |\n|---|\n| ${name.replace(/[\n|]/g, " ")} |\n`);
    assert.ok(!page.slice(page.indexOf("<main>")).includes("<script>"));
  }
});
