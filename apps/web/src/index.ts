/** The web page, as files that a server gives to browsers. */
export { type Asset, bundleWebPage, type WebPage } from "./bundle.ts";
