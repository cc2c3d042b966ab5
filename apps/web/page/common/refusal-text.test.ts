import { expect, test } from "bun:test";
import { UwsClientError } from "@uws/client";
import { refusalText, textOf } from "./refusal-text.ts";

const error = (status: number | undefined, detail = "") =>
  new UwsClientError(`GET http://h/x: ${status} ${detail}`, { method: "GET", url: "http://h/x", status });

test("who is not logged in is told to log in, and who may not is told as whom", () => {
  expect(refusalText(error(401, "Credentials are needed."), undefined)).toMatchObject({
    title: "You are not logged in",
    logIn: true,
  });
  expect(refusalText(error(403, "This job belongs to somebody else."), "ada")).toEqual({
    title: "Not allowed",
    detail: "You are logged in as ada. This job belongs to somebody else.",
    logIn: false,
  });
  expect(refusalText(error(403, "No."), undefined)).toMatchObject({ logIn: true });
});

test("an error is told without addresses and numbers", () => {
  expect(textOf(error(400, "RADIUS=x: not a number"))).toBe("RADIUS=x: not a number");
  expect(textOf(error(undefined))).toBe("The server does not answer.");
  expect(textOf("odd")).toBe("odd");
  expect(refusalText(error(500, "internal error; request 7"), undefined)).toMatchObject({
    title: "The server has a problem",
    detail: "internal error; request 7",
  });
  expect(refusalText(new TypeError("x is not a function"), undefined).title).toContain("this page");
});
