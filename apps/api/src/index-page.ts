import type { Service } from "./service.ts";

/** Not sync: to open it would run a job. */
const about: readonly string[] = ["description", "capabilities", "availability"];

/**
 * A page for a person who opens the server's address in a browser.
 * @param canLogIn whether the server has users
 */
export function indexPage(services: readonly Service[], canLogIn: boolean): Response {
  const rows = services.map(
    ({ basePath, listPath, types }) =>
      `<tr><td><a href="${listPath}">${listPath}</a></td><td>${lines(types.map(({ title }) => title))}</td><td>${lines(types.map(({ name, version }) => `${name} ${version}`))}</td><td><a href="ui${listPath}">web page</a> · ${about.map((name) => `<a href="${basePath}/${name}">${name}</a>`).join(" · ")}</td></tr>`,
  );
  const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>bun-uws</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
</style>
</head>
<body>
<h1>Job services</h1>
<p><strong><a href="ui/">Open the web page</a></strong>: fill in forms, follow jobs, look at results. Below is what there is without JavaScript.</p>
<table>
<tr><th scope="col">Job list (UWS 1.1)</th><th scope="col">What it does</th><th scope="col">Job types</th><th scope="col">More</th></tr>
${rows.join("\n")}
</table>
<p><a href="swagger">Try the API</a> · <a href="swagger/json">OpenAPI</a> · <a href="readyz">State</a>${canLogIn ? ' · <a href="login">Log in</a>' : ""}</p>
</body>
</html>
`;
  return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => Bun.escapeHTML(text)).join("<br>");
}
