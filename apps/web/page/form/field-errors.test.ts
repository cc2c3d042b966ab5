import { expect, test } from "bun:test";
import { UwsClientError } from "@uws/client";
import { errorsOf, formErrors } from "./field-errors.ts";
import { InvalidControl } from "./form-values.ts";

const wrong = (parameter: string, rule: string) => ({
  parameter,
  value: "x",
  rule,
  message: `${parameter}=x ${rule}`,
  job: undefined,
});
const refusal = (...parameters: ReturnType<typeof wrong>[]) =>
  new UwsClientError("POST http://h: 400 no", { method: "POST", url: "http://h", status: 400, parameters });

test("each rule stands at its field, in whatever case the server names it, and the rest above", () => {
  const error = refusal(wrong("radius", "must be > 0"), wrong("RADIUS", "must be < 5"), wrong("", "one of a, b"));
  const errors = formErrors(error, ["RADIUS", "BAND"]);
  expect(errorsOf(errors, "Radius")).toEqual(["must be > 0", "must be < 5"]);
  expect(errorsOf(errors, "BAND")).toEqual([]);
  expect(errors.others).toEqual(["=x one of a, b"]);
});

test("another refusal stands above the form", () => {
  const error = new UwsClientError("POST http://h: 403 Over quota", { method: "POST", url: "http://h", status: 403 });
  expect(formErrors(error, ["A"])).toEqual({ fields: {}, others: ["Over quota"] });
  expect(formErrors(new InvalidControl("EXECUTIONDURATION", "no"), []).fields).toEqual({ executionduration: ["no"] });
});
