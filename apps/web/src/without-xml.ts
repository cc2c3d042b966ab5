import type { BunPlugin } from "bun";

/** The page asks its own server, which answers in JSON: the client's reader of XML would be half of what a browser loads. */
export const withoutXml: BunPlugin = {
  name: "without XML",
  setup(build) {
    build.onLoad({ filter: /\/packages\/client\/src\/xml-tree\.ts$/ }, () => ({
      loader: "ts",
      contents: `const none = () => { throw new Error("XML, where JSON was asked for"); }; export { ${exported.map((name) => `none as ${name}`).join(", ")} };`,
    }));
  },
};

const exported = ["parseXml", "childrenOf", "childOf", "textOf"];
