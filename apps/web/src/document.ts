/**
 * The HTML in which the page runs. Every address in it is relative, since a proxy may put a prefix before them.
 * @param assets names of the files, with their hashes
 * @param depth how many folders the address is below that of the page
 */
export function documentOf(assets: readonly string[], depth: number): string {
  const named = (beginning: string, ending: string) =>
    assets.find((name) => name.startsWith(`${beginning}-`) && name.endsWith(ending)) ?? "";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<base href="${"../".repeat(depth) || "./"}">
<title>bun-uws</title>
<link rel="icon" type="image/svg+xml" href="${named("icon", ".svg")}">
<link rel="stylesheet" href="${named("style", ".css")}">
<script type="module" src="${named("main", ".js")}"></script>
</head>
<body>
<div id="page"></div>
<noscript><p>This page needs JavaScript. <a href="../">The job services</a> can be looked at without.</p></noscript>
</body>
</html>
`;
}
